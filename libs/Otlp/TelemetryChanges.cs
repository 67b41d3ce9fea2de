using System.Runtime.CompilerServices;

namespace StockAspire.Otlp;

/// <summary>Tells any number of readers that something has changed, each as often as it cares to look. Thread-safe.</summary>
public sealed class TelemetryChanges
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    internal void Set()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>
    /// Yields at once, then after changes: however many there are, at most once per <paramref name="interval"/>, and the
    /// last one is never missed. Ends by <paramref name="cancellationToken"/> alone.
    /// </summary>
    public async IAsyncEnumerable<long> WatchAsync(TimeSpan interval, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = -1L;
        while (true)
        {
            // In this order: a change after the look at the version has completed this very task.
            var next = Volatile.Read(ref _next).Task;
            var version = Interlocked.Read(ref _version);
            if (version == seen)
            {
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            yield return seen = version;
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
