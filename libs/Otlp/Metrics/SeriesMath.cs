namespace StockAspire.Otlp.Metrics;

/// <summary>What a series' points say about each step of a window.</summary>
internal static class SeriesMath
{
    private const double NsPerSecond = 1e9;

    /// <summary>The value at the end of each step: the last one measured, unless nothing came after it in the step or later.</summary>
    public static double?[] Values(MetricPoint[] points, StepGrid grid)
    {
        var values = new double?[grid.Ends.Count];
        var next = 0;
        for (var step = 0; step < values.Length; step++)
        {
            while (next < points.Length && points[next].TimeUnixNs <= grid.Ends[step])
            {
                next++;
            }

            if (next > 0 && (next < points.Length || points[next - 1].TimeUnixNs > grid.Ends[step] - grid.StepNs))
            {
                values[step] = points[next - 1].Value;
            }
        }

        return values;
    }

    /// <summary>Increase per second in each step, over the time for which it is known.</summary>
    public static double?[] Rates(MetricPoint[] points, StepGrid grid)
    {
        var increases = new double[grid.Ends.Count];
        var known = new long[grid.Ends.Count];
        foreach (var (from, to, increase) in Increases(points))
        {
            foreach (var (step, overlap) in grid.Overlaps(from, to))
            {
                increases[step] += increase.Value * overlap / (to - from);
                known[step] += overlap;
            }
        }

        return [.. increases.Select((increase, step) => known[step] == 0 ? (double?)null : increase * NsPerSecond / known[step])];
    }

    /// <summary>Adds to each step's buckets what was counted in it.</summary>
    public static void AddBuckets(MetricPoint[] points, StepGrid grid, double[] bounds, double[][] buckets)
    {
        foreach (var (from, to, increase) in Increases(points))
        {
            if (increase.Distribution is not { } counted || !counted.Bounds.AsSpan().SequenceEqual(bounds))
            {
                continue;
            }

            foreach (var (step, overlap) in grid.Overlaps(from, to))
            {
                for (var i = 0; i < counted.Buckets.Length; i++)
                {
                    buckets[step][i] += counted.Buckets[i] * (double)overlap / (to - from);
                }
            }
        }
    }

    /// <summary>
    /// The value that a share of the measurements is at or below, found by straight lines within buckets; null if there
    /// are none. The largest measurement ends its bucket; where it is not known, nothing above the last bound is.
    /// </summary>
    public static double? Percentile(double[] bounds, double[] buckets, double share, double max)
    {
        var rank = buckets.Sum() * share;
        if (rank <= 0 || bounds.Length == 0)
        {
            return null;
        }

        for (var i = 0; i < bounds.Length; i++)
        {
            if (rank <= buckets[i])
            {
                var lower = i > 0 ? bounds[i - 1] : Math.Min(0, bounds[0]);
                var upper = Math.Max(lower, Math.Min(bounds[i], max));
                return lower + (upper - lower) * (rank / buckets[i]);
            }

            rank -= buckets[i];
        }

        return bounds[^1];
    }

    /// <summary>
    /// What was counted between each two points. After a restart (another start, or a smaller value) the count itself is
    /// the increase since that start.
    /// </summary>
    private static IEnumerable<(long From, long To, MetricPoint Increase)> Increases(MetricPoint[] points)
    {
        for (var i = 1; i < points.Length; i++)
        {
            var (before, after) = (points[i - 1], points[i]);
            var isRestart = after.StartUnixNs > before.TimeUnixNs || after.Value < before.Value;
            var from = isRestart ? Math.Max(before.TimeUnixNs, after.StartUnixNs) : before.TimeUnixNs;
            if (after.TimeUnixNs > from)
            {
                yield return (from, after.TimeUnixNs, isRestart ? after : Minus(after, before));
            }
        }
    }

    private static MetricPoint Minus(MetricPoint after, MetricPoint before) => after with
    {
        Value = after.Value - before.Value,
        Distribution = after.Distribution is { } total && before.Distribution is { } part && total.HasBoundsOf(part)
            ? total with { Buckets = [.. total.Buckets.Zip(part.Buckets, (left, right) => left >= right ? left - right : 0)] }
            : after.Distribution,
    };
}
