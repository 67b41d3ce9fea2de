using System.Buffers;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.TickStore;

namespace StockAspire.Sink;

/// <summary>
/// Decoded ticks of whole Kafka records of one partition, consecutive, in a rented array: written together, committed
/// together. Filled by one thread, then read by one other; disposing gives the array back.
/// </summary>
internal sealed class TickBatch(TopicPartition partition, int topicEpoch) : IDisposable
{
    /// <summary>Links of one span: the usual limit of OpenTelemetry exporters.</summary>
    private const int LinksMax = 128;

    private const int CapacityMin = 64;
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private StoredTick[] _rows = [];
    private int _count;

    public TopicPartition Partition => partition;

    public ReadOnlyMemory<StoredTick> Rows => _rows.AsMemory(0, _count);

    public int Records { get; private set; }

    /// <summary>Bytes of the records' values.</summary>
    public long Size { get; private set; }

    public long FirstOffset { get; private set; }

    /// <summary>One above the last record's offset.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Kafka timestamp of the first record: ms since the Unix epoch.</summary>
    public long OldestUnixMs { get; private set; }

    /// <summary>When the first record came in, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long BegunAt { get; init; }

    /// <summary>Trace contexts found in the records' headers: the first is the parent, the others are links.</summary>
    public List<ActivityContext> Traces { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Adds a record's ticks; what is no block, and ticks outside the limits, become dead letters of this batch.</summary>
    /// <param name="record">A record whose offset is above those added before.</param>
    /// <param name="reader">Scratch.</param>
    public void Add(ConsumeResult<byte[], byte[]> record, TickBlockReader reader)
    {
        if (Records++ == 0)
        {
            FirstOffset = record.Offset.Value;
            OldestUnixMs = record.Message.Timestamp.UnixTimestampMs;
        }

        NextOffset = record.Offset.Value + 1;
        Size += record.Message.Value?.Length ?? 0;
        try
        {
            reader.Read(record.Message.Value);
        }
        catch (TickBlockFormatException exception)
        {
            DeadLetters.Add(DeadLetter.OfRecord(record, exception.Message));
            return;
        }

        if (reader.Ticks.IsEmpty)
        {
            DeadLetters.Add(DeadLetter.OfRecord(record, "a block without ticks"));
            return;
        }

        AddTrace(record.Message.Headers);
        AddTicks(record, reader.Ticks);
    }

    public void Dispose()
    {
        if (_rows.Length > 0)
        {
            // Cleared, so that the pool does not keep the strings of old blocks alive.
            _rows.AsSpan(0, _count).Clear();
            ArrayPool<StoredTick>.Shared.Return(_rows);
            (_rows, _count) = ([], 0);
        }
    }

    private void AddTicks(ConsumeResult<byte[], byte[]> record, ReadOnlySpan<Tick> ticks)
    {
        Reserve(ticks.Length);
        var position = StoredTick.PositionOf(topicEpoch, record.Offset.Value);
        foreach (ref readonly var tick in ticks)
        {
            if (TickLimits.Check(tick, long.MaxValue) is { } fault)
            {
                DeadLetters.Add(DeadLetter.OfTick(tick, fault, partition, record.Offset.Value));
                continue;
            }

            _rows[_count++] = new StoredTick(tick, position);
        }
    }

    private void Reserve(int more)
    {
        if (_rows.Length - _count >= more)
        {
            return;
        }

        var larger = ArrayPool<StoredTick>.Shared.Rent(Math.Max(Math.Max(CapacityMin, _count + more), _count * 2));
        _rows.AsSpan(0, _count).CopyTo(larger);
        var count = _count;
        Dispose();
        (_rows, _count) = (larger, count);
    }

    private void AddTrace(Headers? headers)
    {
        if (headers is { Count: > 0 } &&
            Traces.Count <= LinksMax &&
            headers.TryGetLastBytes(TraceParent, out var parent) &&
            ActivityContext.TryParse(
                Encoding.ASCII.GetString(parent),
                headers.TryGetLastBytes(TraceState, out var state) ? Encoding.ASCII.GetString(state) : null,
                isRemote: true,
                out var context) &&
            context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
        {
            Traces.Add(context);
        }
    }
}
