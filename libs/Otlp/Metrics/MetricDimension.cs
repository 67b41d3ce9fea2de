namespace StockAspire.Otlp.Metrics;

/// <summary>An attribute of an instrument's series and the values that it has.</summary>
public sealed record MetricDimension(string Key, IReadOnlyList<string> Values);
