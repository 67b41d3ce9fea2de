namespace StockAspire.Otlp.Traces;

/// <summary>How many spans of a trace a process sent, and how many of them failed.</summary>
public sealed record ResourceSpanCount(TelemetryResource Resource, int Spans, int Errors);
