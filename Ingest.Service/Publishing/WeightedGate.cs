namespace StockAspire.Ingest.Publishing;

/// <summary>
/// Lets weights (bytes, ticks) in up to a capacity; who does not fit waits, first come first served. A weight above the
/// capacity enters alone. Thread-safe.
/// </summary>
internal sealed class WeightedGate(long capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Weight, TaskCompletionSource Entered)> _waiting = [];
    private long _used;

    /// <summary>What is inside now.</summary>
    public long Used
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    /// <returns>False where it would have to wait.</returns>
    public bool TryEnter(long weight)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || !Fits(weight))
            {
                return false;
            }

            _used += weight;
            return true;
        }
    }

    /// <exception cref="OperationCanceledException">Cancelled while waiting; nothing has entered.</exception>
    public ValueTask EnterAsync(long weight, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<(long, TaskCompletionSource)> waiter;
        lock (_lock)
        {
            if (TryEnter(weight))
            {
                return ValueTask.CompletedTask;
            }

            waiter = _waiting.AddLast((weight, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        return WaitAsync(waiter, cancellationToken);
    }

    public void Leave(long weight)
    {
        lock (_lock)
        {
            _used -= weight;
            LetIn();
        }
    }

    private async ValueTask WaitAsync(LinkedListNode<(long Weight, TaskCompletionSource Entered)> waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, cancellationToken), null);
        await waiter.Value.Entered.Task;
    }

    private void GiveUp(LinkedListNode<(long Weight, TaskCompletionSource Entered)> waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Let in at the same moment: then it is inside, and its wait ends well.
            if (waiter.List is null)
            {
                return;
            }

            _waiting.Remove(waiter);
            waiter.Value.Entered.TrySetCanceled(cancellationToken);
            LetIn();
        }
    }

    private bool Fits(long weight) => _used == 0 || _used + weight <= capacity;

    private void LetIn()
    {
        while (_waiting.First is { } first && Fits(first.Value.Weight))
        {
            _used += first.Value.Weight;
            _waiting.RemoveFirst();
            first.Value.Entered.TrySetResult();
        }
    }
}
