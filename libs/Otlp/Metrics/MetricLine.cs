namespace StockAspire.Otlp.Metrics;

/// <param name="Name">The series' attributes, or P50, P90, P99.</param>
/// <param name="Values">One for each step; null where nothing was measured.</param>
public sealed record MetricLine(string Name, IReadOnlyList<double?> Values);
