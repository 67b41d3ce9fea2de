namespace StockAspire.Sink;

/// <summary>
/// The waits between tries of one operation: 100 ms, doubled up to 5 s, each between half and the whole of that by
/// chance, so that many waiters do not come back at once. Not thread-safe.
/// </summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < Max ? _next * 2 : Max;
        return Task.Delay(wait, time, cancellationToken);
    }
}
