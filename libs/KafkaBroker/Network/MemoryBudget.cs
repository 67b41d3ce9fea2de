namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// Bytes that the buffers of all connections may hold at once, beyond the small one that each has. Who asks for more waits until
/// others give back, first come first served. Thread-safe.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    private readonly Lock gate = new();
    private readonly Queue<(long Size, TaskCompletionSource Granted)> waiting = new();
    private long used;

    public long Used
    {
        get
        {
            lock (gate)
            {
                return used;
            }
        }
    }

    /// <summary>Takes the bytes; one that is larger than the limit gets them when it is alone.</summary>
    public async ValueTask AcquireAsync(long size, CancellationToken cancellationToken)
    {
        TaskCompletionSource granted;
        lock (gate)
        {
            if (waiting.Count == 0 && Fits(size))
            {
                used += size;
                return;
            }

            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue((size, granted));
        }

        using var registration = cancellationToken.Register(() => granted.TrySetCanceled(cancellationToken));
        await granted.Task.ConfigureAwait(false);
    }

    public void Release(long size)
    {
        lock (gate)
        {
            used -= size;
            while (waiting.TryPeek(out var next) && (next.Granted.Task.IsCompleted || Fits(next.Size)))
            {
                waiting.Dequeue();
                if (next.Granted.TrySetResult())
                {
                    used += next.Size;
                }
            }
        }
    }

    private bool Fits(long size) => used == 0 || used + size <= limit;
}
