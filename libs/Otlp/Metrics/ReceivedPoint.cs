namespace StockAspire.Otlp.Metrics;

/// <summary>A data point as it was sent.</summary>
internal readonly record struct ReceivedPoint(IReadOnlyList<TelemetryAttribute> Attributes, MetricPoint Point, IReadOnlyList<Exemplar> Exemplars);
