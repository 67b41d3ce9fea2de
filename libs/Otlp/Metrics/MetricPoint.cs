namespace StockAspire.Otlp.Metrics;

/// <summary>
/// A measurement of one series. Times are in ns since the Unix epoch (UTC). Sums and histograms are cumulative since
/// <paramref name="StartUnixNs"/>, whatever was sent.
/// </summary>
/// <param name="Value">A histogram's is its count.</param>
/// <param name="Distribution">Of histograms alone.</param>
internal readonly record struct MetricPoint(long StartUnixNs, long TimeUnixNs, double Value, Distribution? Distribution)
{
    public int Weight => Distribution?.Weight ?? 1;
}
