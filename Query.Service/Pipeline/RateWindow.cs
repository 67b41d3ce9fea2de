namespace StockAspire.Query.Pipeline;

/// <summary>How fast a growing count grew over the last while. Thread-safe.</summary>
internal sealed class RateWindow(TimeSpan width)
{
    private readonly Lock _lock = new();
    private readonly Queue<(TimeSpan At, long Count)> _samples = [];
    private (TimeSpan At, long Count) _last;

    /// <summary>Growth between the oldest and the newest sample of the window, per second; 0 with fewer than two.</summary>
    public double PerSecond
    {
        get
        {
            lock (_lock)
            {
                return _samples.Count > 1 && _last.At > _samples.Peek().At
                    ? (_last.Count - _samples.Peek().Count) / (_last.At - _samples.Peek().At).TotalSeconds
                    : 0;
            }
        }
    }

    /// <param name="at">On any clock that only moves on; later than any before.</param>
    /// <param name="count">At least what it was before.</param>
    public void Add(TimeSpan at, long count)
    {
        lock (_lock)
        {
            _last = (at, count);
            _samples.Enqueue(_last);
            while (at - _samples.Peek().At > width)
            {
                _samples.Dequeue();
            }
        }
    }
}
