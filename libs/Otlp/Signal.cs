namespace StockAspire.Otlp;

/// <summary>The three kinds of telemetry; their items are spans, data points and log records.</summary>
public enum Signal
{
    Traces,
    Metrics,
    Logs,
}
