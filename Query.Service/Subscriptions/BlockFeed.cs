using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>A full queue refuses: the subscriber reads on from there by itself (<see cref="CatchUp"/>) and loses nothing.</summary>
internal sealed class BlockFeed(IReadOnlySet<string>? symbols, int queueBytes) : SubscriberFeed(symbols)
{
    private readonly Queue<TailRecord> _queue = [];
    private long _bytes;

    /// <summary>Forgets what waits, which is read again from <see cref="SubscriberFeed.Behind"/> on.</summary>
    public void Clear()
    {
        lock (Gate)
        {
            _queue.Clear();
            _bytes = 0;
        }
    }

    protected override bool Put(TailRecord record)
    {
        if (_queue.Count > 0 && _bytes + record.Block.Length > queueBytes)
        {
            return false;
        }

        _queue.Enqueue(record);
        _bytes += record.Block.Length;
        return true;
    }

    protected override Wire.SubscribeResponse? TakeNext()
    {
        while (_queue.TryDequeue(out var record))
        {
            _bytes -= record.Block.Length;
            if (record.ToMessage() is { } message)
            {
                return message;
            }
        }

        return null;
    }
}
