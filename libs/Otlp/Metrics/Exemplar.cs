namespace StockAspire.Otlp.Metrics;

/// <summary>A single measurement and the span during which it was made.</summary>
/// <param name="TimeUnixNs">In ns since the Unix epoch (UTC).</param>
/// <param name="Attributes">Those that the instrument's series does not have.</param>
public sealed record Exemplar(long TimeUnixNs, double Value, TraceId TraceId, SpanId SpanId, IReadOnlyList<TelemetryAttribute> Attributes)
{
    internal const int CharsPerWeight = 256;

    internal int Weight { get; } = 1 + Attributes.Sum(attribute => attribute.Key.Length + attribute.Value.ToString().Length) / CharsPerWeight;
}
