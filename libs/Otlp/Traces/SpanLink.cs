namespace StockAspire.Otlp.Traces;

/// <summary>A span elsewhere that this one has to do with, in most cases one of another trace: a batch's message, say.</summary>
public sealed record SpanLink(TraceId TraceId, SpanId SpanId, string TraceState, IReadOnlyList<TelemetryAttribute> Attributes);
