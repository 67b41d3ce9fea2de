namespace StockAspire.Otlp.Metrics;

/// <summary>The data points of one instrument in one message.</summary>
/// <param name="IsDelta">Each point tells what came since the one before it.</param>
internal sealed record ReceivedMetric(InstrumentInfo Instrument, bool IsDelta, IReadOnlyList<ReceivedPoint> Points);
