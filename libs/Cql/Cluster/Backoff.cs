namespace StockAspire.Cql.Cluster;

/// <summary>Waits that double up to a limit, each shortened at random by up to half, so that clients do not come back all at once.</summary>
internal static class Backoff
{
    /// <param name="attempt">From 0.</param>
    /// <param name="random">0 (inclusive) to 1.</param>
    public static TimeSpan Delay(int attempt, TimeSpan min, TimeSpan max, double random)
    {
        var delay = Math.Min(min.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)), max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(delay * (1 - (random / 2)));
    }
}
