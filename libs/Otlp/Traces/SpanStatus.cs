namespace StockAspire.Otlp.Traces;

/// <summary>As numbered by OTLP.</summary>
public enum SpanStatus
{
    Unset = 0,
    Ok = 1,
    Error = 2,
}
