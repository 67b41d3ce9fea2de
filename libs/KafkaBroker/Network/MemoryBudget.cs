namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// Bytes that the buffers of all connections may hold at once, beyond the small one that each has. Who asks for more waits until
/// others give back, first come first served. Thread-safe.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Size, TaskCompletionSource Granted)> _waiting = new();
    private long _used;

    public long Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>Takes the bytes; one that is larger than the limit gets them when it is alone.</summary>
    public async ValueTask AcquireAsync(long size, CancellationToken cancellationToken)
    {
        TaskCompletionSource granted;
        lock (_gate)
        {
            if (_waiting.Count == 0 && Fits(size))
            {
                _used += size;
                return;
            }

            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((size, granted));
        }

        using var registration = cancellationToken.Register(() => granted.TrySetCanceled(cancellationToken));
        await granted.Task.ConfigureAwait(false);
    }

    public void Release(long size)
    {
        lock (_gate)
        {
            _used -= size;
            while (_waiting.TryPeek(out var next) && (next.Granted.Task.IsCompleted || Fits(next.Size)))
            {
                _waiting.Dequeue();
                if (next.Granted.TrySetResult())
                {
                    _used += next.Size;
                }
            }
        }
    }

    private bool Fits(long size) => _used == 0 || _used + size <= limit;
}
