namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// Bytes that the buffers of all connections may hold at once, beyond the small ones that each has. Who asks for more waits until
/// others give back, first come first served. One who holds a part already and needs the rest may go beyond the limit, but no
/// second one while the limit is passed: so those who hold parts never wait for one another for ever, and what is in use stays
/// below the limit and one frame. Thread-safe.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    private sealed record Waiter(long Size, long? Rest)
    {
        public TaskCompletionSource<long> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
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

    /// <summary>Takes the bytes if they are free now and nobody waits for them.</summary>
    public bool TryAcquire(long size)
    {
        lock (_gate)
        {
            var granted = _waiting.Count == 0 && Fits(size);
            _used += granted ? size : 0;
            return granted;
        }
    }

    /// <summary>
    /// Takes <paramref name="size"/> bytes; more than the limit when nobody else has any. Returns how many it took: all of
    /// <paramref name="rest"/>, which only one may name who holds some already, where it had to go beyond the limit.
    /// </summary>
    public async ValueTask<long> AcquireAsync(long size, long? rest, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> node;
        lock (_gate)
        {
            if (_waiting.Count == 0 && Fits(size))
            {
                _used += size;
                return size;
            }

            node = _waiting.AddLast(new Waiter(size, rest));
            Grant();
        }

        using var registration = cancellationToken.Register(() => GiveUp(node, cancellationToken));
        return await node.Value.Granted.Task.ConfigureAwait(false);
    }

    /// <summary>Takes the bytes, or gives up after a time; false then.</summary>
    public async ValueTask<bool> TryAcquireAsync(long size, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (TryAcquire(size))
        {
            return true;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(wait);
        try
        {
            _ = await AcquireAsync(size, rest: null, limited.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Release(long size)
    {
        lock (_gate)
        {
            _used -= size;
            Grant();
        }
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (node.Value.Granted.TrySetCanceled(cancellationToken))
            {
                _waiting.Remove(node);
                Grant();
            }
        }
    }

    private void Grant()
    {
        while (_waiting.First is { } next && Fits(next.Value.Size))
        {
            Grant(next, next.Value.Size);
        }

        for (var node = _waiting.First; node is not null && _used <= limit; node = node.Next)
        {
            if (node.Value.Rest is { } rest)
            {
                Grant(node, rest);
                return;
            }
        }
    }

    private void Grant(LinkedListNode<Waiter> node, long size)
    {
        _waiting.Remove(node);
        _used += size;
        _ = node.Value.Granted.TrySetResult(size);
    }

    private bool Fits(long size) => _used == 0 || _used + size <= limit;
}
