namespace StockAspire.Dashboard.Live;

/// <summary>
/// Tells any number of waiters that something changed since they took <see cref="Next"/>. Many changes while a waiter
/// is busy are one to it, so nothing queues. Thread-safe.
/// </summary>
internal sealed class ChangeSignal
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Ends at the next change. Take it before reading what may change.</summary>
    public Task Next => _next.Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
