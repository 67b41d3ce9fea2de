using StockAspire.Market.Blocks;
using StockAspire.Query.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>A full queue leaves records out and tells exactly which, in their place in the partition's order.</summary>
internal sealed class SkipFeed(IReadOnlySet<string>? symbols, int queueBytes, QueryMetrics metrics) : SubscriberFeed(symbols)
{
    /// <summary>Ranges of all runs that wait: what it takes to say exactly what was left out has a limit too.</summary>
    private const int RangesMax = 65_536;

    private readonly Queue<(TailRecord? Record, SkippedRun? Run)> _queue = [];
    private readonly SortedDictionary<int, SkippedRun> _open = [];
    private readonly TickBlockReader _reader = new();
    private long _bytes;
    private int _ranges;

    protected override bool Put(TailRecord record)
    {
        if (_ranges > RangesMax)
        {
            return true;
        }

        _open.TryGetValue(record.Partition, out var run);
        if (_queue.Count == 0 || _bytes + record.Block.Length <= queueBytes)
        {
            Close(run);
            _queue.Enqueue((record, null));
            _bytes += record.Block.Length;
            return true;
        }

        if (!record.TryDecode(_reader))
        {
            return true;
        }

        if (run is { RangeCount: >= SkippedRun.RangesMax })
        {
            Close(run);
            run = null;
        }

        if (run is null)
        {
            _open.Add(record.Partition, run = new SkippedRun(record.Partition, record.Offset));
        }

        _ranges -= run.RangeCount;
        run.Add(record.Offset, _reader.Ticks);
        _ranges += run.RangeCount;
        metrics.Skipped(record.Summary.Rows);
        return true;
    }

    protected override Wire.SubscribeResponse? TakeNext()
    {
        if (_ranges > RangesMax)
        {
            throw ApiError.ResourceExhausted(ApiError.SlowReaderReason, $"The ticks left out make more than {RangesMax} ranges; read faster, or subscribe to less.");
        }

        while (true)
        {
            if (_queue.Count == 0 && _open.Count > 0)
            {
                Close(_open.First().Value);
            }

            if (!_queue.TryDequeue(out var next))
            {
                return null;
            }

            if (next.Run is { } run)
            {
                _ranges -= run.RangeCount;
                return new Wire.SubscribeResponse { Skipped = run.ToMessage() };
            }

            _bytes -= next.Record!.Block.Length;
            if (next.Record.ToMessage() is { } message)
            {
                return message;
            }
        }
    }

    private void Close(SkippedRun? run)
    {
        if (run is not null)
        {
            _open.Remove(run.Partition);
            _queue.Enqueue((null, run));
        }
    }
}
