namespace StockAspire.Otlp.Metrics;

/// <summary>
/// An instrument over a window. Counters give rates per second, gauges and up-down counters values, histograms P50, P90
/// and P99 in the instrument's unit.
/// </summary>
/// <param name="StepEndsUnixNs">End of each step, in ns since the Unix epoch (UTC).</param>
/// <param name="Lines">The largest series first.</param>
/// <param name="Total">All series together: a sum's total, a histogram's measurements per second; null for gauges.</param>
/// <param name="SeriesCount">How many series there are under the dimension filters; those without a line are in the total.</param>
/// <param name="Dimensions">Of all series, whatever the filters.</param>
/// <param name="Exemplars">Of the window, newest first.</param>
/// <param name="LastUnixNs">Time of the newest value under the dimension filters, in the window or not; 0 where there is none.</param>
public sealed record MetricView(
    InstrumentInfo Instrument,
    IReadOnlyList<long> StepEndsUnixNs,
    IReadOnlyList<MetricLine> Lines,
    MetricLine? Total,
    int SeriesCount,
    IReadOnlyList<MetricDimension> Dimensions,
    IReadOnlyList<Exemplar> Exemplars,
    long LastUnixNs);
