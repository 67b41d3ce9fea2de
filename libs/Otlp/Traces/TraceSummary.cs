namespace StockAspire.Otlp.Traces;

/// <summary>A trace as far as it has come in.</summary>
/// <param name="First">The root; while it is missing, the span that started first.</param>
/// <param name="IsComplete">The root is there.</param>
/// <param name="StartUnixNs">The first span's start, in ns since the Unix epoch (UTC).</param>
/// <param name="DurationNs">From the first start to the last end.</param>
/// <param name="Dropped">Spans that the limit per trace left out.</param>
/// <param name="Resources">In order of their first span's arrival.</param>
public sealed record TraceSummary(
    TraceId TraceId,
    Span First,
    bool IsComplete,
    long StartUnixNs,
    long DurationNs,
    int Spans,
    int Errors,
    int Dropped,
    IReadOnlyList<ResourceSpanCount> Resources);
