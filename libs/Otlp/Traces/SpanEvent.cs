namespace StockAspire.Otlp.Traces;

/// <param name="TimeUnixNs">In ns since the Unix epoch (UTC).</param>
public sealed record SpanEvent(long TimeUnixNs, string Name, IReadOnlyList<TelemetryAttribute> Attributes);
