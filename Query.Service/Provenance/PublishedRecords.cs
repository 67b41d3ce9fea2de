using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Query.Pipeline;
using StockAspire.TickStream;

namespace StockAspire.Query.Provenance;

/// <summary>The record in which a tick was published.</summary>
/// <param name="PublishedAtNs">When Kafka took it, ns since the Unix epoch, in whole ms.</param>
/// <param name="Trace">The span that sent its chunk; default where none is named. Only one that is recorded is kept by anybody.</param>
internal sealed record PublishedRecord(long PublishedAtNs, ActivityContext Trace);

/// <summary>
/// Reads single records of topic <c>ticks</c> again. A chunk names its trace on its first record of each partition only, and a
/// source's chunks follow each other; so the trace of a record is that of the nearest one of its source at or before it. Chunks
/// without a trace name one that is not recorded, unless the named one before them is such already.
/// </summary>
internal sealed class PublishedRecords(KafkaClients clients, TopicOffsets offsets) : IDisposable
{
    private const string TraceParent = "traceparent";

    /// <summary>Records read at once on the way back; a chunk seldom leaves more in a partition.</summary>
    private const int LookBackStep = 32;

    /// <summary>Records looked at before the trace counts as unknown: a chunk has at most 4,096 rows, and other sources write in between.</summary>
    private const int LookBackMax = 1_024;

    /// <summary>Reading blocks a thread, for seconds where Kafka is away: one call at a time does.</summary>
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>Null where the record is no longer there, or the topic was made anew since.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached.</exception>
    public async Task<PublishedRecord?> FindAsync(int partition, long offset, TickId id, CancellationToken cancellationToken)
    {
        var beginning = (await offsets.BeginningAsync(Topics.Ticks, partition + 1, cancellationToken))[partition];
        var end = (await offsets.EndAsync(Topics.Ticks, partition + 1, cancellationToken))[partition];
        if (offset < beginning || offset >= end)
        {
            return null;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Find(partition, beginning, offset, id, cancellationToken), cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private PublishedRecord? Find(int partition, long beginning, long offset, TickId id, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateReader("stockaspire-query-provenance");
        var reader = new TickBlockReader();
        var ticks = new TopicPartition(Topics.Ticks, partition);
        if (TopicRange.Read(consumer, ticks, offset, offset + 1, cancellationToken).FirstOrDefault() is not { } own || !Holds(reader, own, id))
        {
            return null;
        }

        var trace = TraceOf(own);
        for (var to = offset; trace == default && to > Math.Max(beginning, offset - LookBackMax);)
        {
            var from = Math.Max(beginning, to - LookBackStep);
            trace = TopicRange.Read(consumer, ticks, from, to, cancellationToken).AsEnumerable().Reverse()
                .Where(record => TraceOf(record) != default && IsOfSource(reader, record, id.Source))
                .Select(TraceOf).FirstOrDefault();
            to = from;
        }

        return new PublishedRecord(own.Message.Timestamp.UnixTimestampMs * UnixTime.NsPerMillisecond, trace);
    }

    private static bool Holds(TickBlockReader reader, ConsumeResult<byte[], byte[]> record, TickId id)
    {
        foreach (ref readonly var tick in Decode(reader, record))
        {
            if (tick.Id == id)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOfSource(TickBlockReader reader, ConsumeResult<byte[], byte[]> record, string source)
    {
        var ticks = Decode(reader, record);
        return !ticks.IsEmpty && ticks[0].Id.Source == source;
    }

    private static ReadOnlySpan<Tick> Decode(TickBlockReader reader, ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            reader.Read(record.Message.Value);
            return reader.Ticks;
        }
        catch (TickBlockFormatException)
        {
            // No block: the Sink made a dead letter of it.
            return [];
        }
    }

    private static ActivityContext TraceOf(ConsumeResult<byte[], byte[]> record) =>
        record.Message.Headers is { Count: > 0 } headers
        && headers.TryGetLastBytes(TraceParent, out var parent)
        && ActivityContext.TryParse(Encoding.ASCII.GetString(parent), null, isRemote: true, out var context)
            ? context
            : default;
}
