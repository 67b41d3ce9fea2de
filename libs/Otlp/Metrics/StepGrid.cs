namespace StockAspire.Otlp.Metrics;

/// <summary>
/// A window cut into steps of equal length, in ns since the Unix epoch. Steps begin at multiples of their length, so that
/// a value does not change as the window moves on.
/// </summary>
internal sealed class StepGrid
{
    private readonly long _startUnixNs;

    public StepGrid(MetricQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(query.Window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Steps, 1000);
        StepNs = Math.Max(1, query.Window.Ticks * TimeSpan.NanosecondsPerTick / query.Steps);
        _startUnixNs = (query.EndUnixNs / StepNs + 1 - query.Steps) * StepNs;
        Ends = [.. Enumerable.Range(1, query.Steps).Select(step => _startUnixNs + step * StepNs)];
    }

    public long StepNs { get; }

    public IReadOnlyList<long> Ends { get; }

    public bool Contains(long unixNs) => unixNs > _startUnixNs && unixNs <= Ends[^1];

    /// <summary>
    /// The steps that the time between two measurements touches, each with the nanoseconds that it has of it. What was
    /// counted between the two is taken to have come evenly.
    /// </summary>
    public IEnumerable<(int Step, long OverlapNs)> Overlaps(long fromUnixNs, long toUnixNs)
    {
        var first = Math.Max(0, (fromUnixNs - _startUnixNs) / StepNs);
        for (var step = (int)Math.Min(first, Ends.Count); step < Ends.Count && Ends[step] - StepNs < toUnixNs; step++)
        {
            var overlap = Math.Min(toUnixNs, Ends[step]) - Math.Max(fromUnixNs, Ends[step] - StepNs);
            if (overlap > 0)
            {
                yield return (step, overlap);
            }
        }
    }
}
