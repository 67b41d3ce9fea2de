using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Query.Subscriptions;
using StockAspire.TickStream;

namespace StockAspire.Query.Pipeline;

/// <summary>
/// The one reader of topic <c>ticks</c> in this process. It begins at the Sink's committed offsets, so that what it
/// counts as published and not stored is the whole lag, and feeds every subscription.
/// </summary>
internal sealed class TickTail(
    KafkaClients clients,
    TopicOffsets offsets,
    SubscriptionHub hub,
    QueryMetrics metrics,
    TimeProvider time,
    ILogger<TickTail> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private volatile PartitionLedger[] _ledgers = [];

    /// <summary>By partition; empty until the tail has started.</summary>
    public IReadOnlyList<PartitionLedger> Ledgers => _ledgers;

    /// <summary>When counting began, ns since the Unix epoch; 0 until then.</summary>
    public long SinceNs { get; private set; }

    /// <summary>Follows the topic until cancelled; reading goes on by itself after Kafka was away.</summary>
    /// <exception cref="KafkaException">Kafka could not be reached at the start.</exception>
    public async Task RunAsync(int partitions, CancellationToken cancellationToken)
    {
        var end = await offsets.EndAsync(Topics.Ticks, partitions, cancellationToken);
        var start = await StartAsync(partitions, end, cancellationToken);
        QueryLog.TailStarted(logger, Topics.Ticks, end.Zip(start, (to, from) => to - from).Sum());
        hub.Start(start);
        SinceNs = time.NowNs();
        _ledgers = [.. start.Select(_ => new PartitionLedger())];
        await Task.Factory.StartNew(() => Read(start, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private async Task<long[]> StartAsync(int partitions, long[] end, CancellationToken cancellationToken)
    {
        var committed = await offsets.CommittedAsync(partitions, cancellationToken);
        var beginning = await offsets.BeginningAsync(Topics.Ticks, partitions, cancellationToken);
        return [.. committed.Select((offset, partition) => Math.Clamp(offset, beginning[partition], end[partition]))];
    }

    private void Read(long[] start, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateReader("stockaspire-query-tail");
        consumer.Assign(start.Select((offset, partition) => new TopicPartitionOffset(Topics.Ticks, partition, offset)));
        while (!cancellationToken.IsCancellationRequested)
        {
            ConsumeResult<byte[], byte[]>? result;
            try
            {
                result = consumer.Consume(Poll);
            }
            catch (ConsumeException exception)
            {
                // The client reconnects by itself; the position stays where it was.
                QueryLog.TailFailed(logger, Topics.Ticks, exception.Error.Reason);
                cancellationToken.WaitHandle.WaitOne(Poll);
                continue;
            }

            if (result is not null && !result.IsPartitionEOF)
            {
                Take(result);
            }
        }
    }

    private void Take(ConsumeResult<byte[], byte[]> result)
    {
        var partition = result.Partition.Value;
        var offset = result.Offset.Value;
        if (TailRecord.TryRead(result, out var record, out var fault))
        {
            _ledgers[partition].Publish(offset, record.Summary.Rows, record.Summary.FirstIngestTimeNs);
            hub.Dispatch(record);
            return;
        }

        // The Sink makes a dead letter of it; for those who follow it holds no ticks.
        metrics.BadRecord();
        QueryLog.BadRecord(logger, Topics.Ticks, partition, offset, fault);
        hub.Pass(partition, offset);
    }
}
