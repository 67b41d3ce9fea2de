namespace StockAspire.Dashboard.Live;

/// <summary>Waits between tries: 250 ms, then twice as long each time up to 5 s. For one caller.</summary>
internal sealed class Backoff(TimeProvider time)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    /// <summary>Someone who just started the AppHost looks at the page.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    /// <summary>What was tried has worked.</summary>
    public void Reset() => _next = First;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var delay = _next;
        _next = delay * 2 > Longest ? Longest : delay * 2;
        return Task.Delay(delay, time, cancellationToken);
    }
}
