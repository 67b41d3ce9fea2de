using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>
/// What waits for one subscriber, bounded, and what happens when it is full. The tail offers, the call takes: one thread
/// on each side.
/// </summary>
/// <param name="symbols">Null for all.</param>
internal abstract class SubscriberFeed(IReadOnlySet<string>? symbols) : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private long[] _from = [];
    private volatile long[]? _behind;

    /// <summary>Null for all.</summary>
    public IReadOnlySet<string>? Symbols => symbols;

    /// <summary>Where the subscriber goes on by itself, by partition; null while the tail feeds it.</summary>
    public long[]? Behind
    {
        get => _behind;
        set => _behind = value;
    }

    /// <summary>Guards what waits.</summary>
    protected Lock Gate { get; } = new();

    public bool Wants(string symbol) => symbols is null || symbols.Contains(symbol);

    /// <summary>Takes a record from the tail; false where it can take no more and must go on by itself.</summary>
    public bool Offer(TailRecord record)
    {
        if (record.Offset < _from[record.Partition])
        {
            return true;
        }

        lock (Gate)
        {
            if (!Put(record))
            {
                return false;
            }
        }

        Wake();
        return true;
    }

    /// <summary>The next message for the subscriber; null where nothing waits.</summary>
    /// <exception cref="Grpc.Core.RpcException">The subscriber fell behind further than its policy can carry.</exception>
    public Wire.SubscribeResponse? Take()
    {
        lock (Gate)
        {
            return TakeNext();
        }
    }

    /// <summary>True as soon as something may wait, false after the timeout.</summary>
    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => _arrived.WaitAsync(timeout, cancellationToken);

    /// <summary>The tail feeds it from these offsets on.</summary>
    public void Attached(long[] from)
    {
        _from = from;
        Behind = null;
    }

    /// <summary>The tail feeds it no more; the next offsets of the tail are given.</summary>
    public void FellBehind(long[] next)
    {
        Behind = [.. next.Select((offset, partition) => Math.Max(offset, _from[partition]))];
        Wake();
    }

    public void Dispose()
    {
        _arrived.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Called under <see cref="Gate"/>.</summary>
    protected abstract bool Put(TailRecord record);

    /// <summary>Called under <see cref="Gate"/>.</summary>
    protected abstract Wire.SubscribeResponse? TakeNext();

    private void Wake()
    {
        lock (Gate)
        {
            if (_arrived.CurrentCount == 0)
            {
                _arrived.Release();
            }
        }
    }
}
