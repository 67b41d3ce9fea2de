namespace StockAspire.Otlp.Metrics;

/// <summary>An instrument of one process. <paramref name="Meter"/> is the instrumentation scope's name.</summary>
public sealed record InstrumentKey(TelemetryResource Resource, string Meter, string Name);
