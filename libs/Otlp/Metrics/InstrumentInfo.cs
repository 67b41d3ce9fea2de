namespace StockAspire.Otlp.Metrics;

/// <param name="Unit">As sent, by UCUM: <c>s</c>, <c>By</c>, <c>{request}</c>; may be empty.</param>
public sealed record InstrumentInfo(InstrumentKey Key, string Description, string Unit, InstrumentKind Kind);
