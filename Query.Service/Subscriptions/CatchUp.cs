using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StockAspire.Query.Errors;
using StockAspire.TickStream;

namespace StockAspire.Query.Subscriptions;

/// <summary>
/// Reads on for a subscriber whose queue was full, from the first offset that it could not take, in bites of one queue's
/// size, until the tail can feed it again without gap or double. A few read at the same time; the others wait their
/// turn, holding nothing.
/// </summary>
internal sealed class CatchUp(KafkaClients clients, SubscriptionHub hub, IOptions<QueryOptions> options, ILogger<CatchUp> logger) : IDisposable
{
    /// <summary>Each reader has a connection, threads and a fetch queue of its own.</summary>
    private const int ReadersMax = 4;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _readers = new(ReadersMax);

    /// <summary>
    /// The next bite, in order. Afterwards the feed is either attached again, and what waits in it follows the bite, or
    /// still behind.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">OUT_OF_RANGE where the topic no longer has the next record.</exception>
    public async Task<IReadOnlyList<TailRecord>> ReadAsync(BlockFeed feed, CancellationToken cancellationToken)
    {
        await _readers.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(feed, feed.Behind!, cancellationToken), cancellationToken);
        }
        finally
        {
            _readers.Release();
        }
    }

    public void Dispose() => _readers.Dispose();

    private List<TailRecord> Read(BlockFeed feed, long[] behind, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateReader("stockaspire-query-catch-up");
        var position = (long[])[.. behind];
        var atEnd = new bool[position.Length];
        var bite = new List<TailRecord>();
        long bytes = 0;
        long[]? seam = null;
        consumer.Assign(position.Select((offset, partition) => new TopicPartitionOffset(Topics.Ticks, partition, offset)));
        while (bytes < options.Value.SubscriberQueueBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (seam is null && IsNear(position, atEnd))
            {
                // From the seam on, the tail fills the feed; up to it, this reader still reads.
                seam = hub.Attach(feed, position);
            }

            if (seam is not null && Reaches(position, seam))
            {
                return bite;
            }

            if (Next(consumer) is not { } result)
            {
                continue;
            }

            var partition = result.Partition.Value;
            if (result.IsPartitionEOF)
            {
                atEnd[partition] = true;
                position[partition] = Math.Max(position[partition], result.Offset.Value);
                continue;
            }

            position[partition] = result.Offset.Value + 1;
            if ((seam is null || result.Offset.Value < seam[partition]) && TailRecord.TryRead(result, out var record, out _) && feed.Wants(record.Symbol))
            {
                bite.Add(record);
                bytes += record.Block.Length;
            }
        }

        if (seam is not null)
        {
            // So much came up to the seam that the bite is full before it: the attachment was too early.
            hub.Detach(feed);
            feed.Clear();
        }

        feed.Behind = position;
        return bite;
    }

    private ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(Poll);
        }
        catch (ConsumeException exception) when (exception.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            throw ApiError.ResumeExpired("The subscriber fell behind further than the topic is kept; query what it missed.");
        }
        catch (ConsumeException exception)
        {
            QueryLog.TailFailed(logger, Topics.Ticks, exception.Error.Reason);
            return null;
        }
    }

    private bool IsNear(long[] position, bool[] atEnd)
    {
        var tail = hub.Positions();
        return Enumerable.Range(0, position.Length).All(partition => atEnd[partition] || position[partition] >= tail[partition]);
    }

    private static bool Reaches(long[] position, long[] seam) => !position.Where((offset, partition) => offset < seam[partition]).Any();
}
