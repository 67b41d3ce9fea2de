namespace StockAspire.Otlp;

/// <summary>
/// Section <c>Dashboard:TelemetryLimits</c>: what is kept, in memory alone. The names of the counts are those of Aspire's
/// dashboard. Limits of the ranges are in <see cref="TelemetryLimitsValidator"/>.
/// </summary>
public sealed class TelemetryLimits
{
    public const string SectionName = "Dashboard:TelemetryLimits";

    /// <summary>Log records; the oldest are dropped first.</summary>
    public int MaxLogCount { get; set; } = 10_000;

    /// <summary>Bytes of the kept log records as they were received; in memory they take two to three times as much.</summary>
    public int MaxLogBytes { get; set; } = 32 << 20;

    /// <summary>Traces; the oldest are dropped first.</summary>
    public int MaxTraceCount { get; set; } = 10_000;

    /// <summary>Bytes of the kept spans as they were received; in memory they take two to three times as much.</summary>
    public int MaxTraceBytes { get; set; } = 64 << 20;

    /// <summary>Spans of one trace; more of them are counted and dropped.</summary>
    public int MaxSpansPerTrace { get; set; } = 5_000;

    /// <summary>
    /// Data points of all metrics; eight histogram buckets weigh as much as a point. Towards the limit old points are
    /// thinned, then the metrics that have been silent longest are dropped.
    /// </summary>
    public int MaxMetricsCount { get; set; } = 50_000;

    /// <summary>Combinations of attributes of one instrument; data points of further ones are counted and dropped.</summary>
    public int MaxSeriesPerInstrument { get; set; } = 1_000;

    /// <summary>Processes; the ones that have been silent longest are forgotten first.</summary>
    public int MaxResourceCount { get; set; } = 500;

    /// <summary>Attributes of one span, event, link, log record, resource or data point; those after them are left out.</summary>
    public int MaxAttributeCount { get; set; } = 128;

    /// <summary>Characters of an attribute's text, and of a log message; what is longer is cut. Stack traces are among them.</summary>
    public int MaxAttributeLength { get; set; } = 16_384;

    /// <summary>Events of one span; likewise links.</summary>
    public int MaxSpanEventCount { get; set; } = 128;

    /// <summary>Bytes of received messages that wait to be stored; what arrives beyond is counted and dropped.</summary>
    public int MaxIntakeBytes { get; set; } = 16 << 20;
}
