namespace StockAspire.Otlp.Forwarding;

/// <summary>An export request to be passed on as it came.</summary>
/// <param name="Count">Its spans, data points or log records.</param>
internal sealed record ForwardItem(Signal Signal, byte[] Message, int Count);
