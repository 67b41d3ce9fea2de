namespace StockAspire.Otlp;

/// <summary>A named value on a resource, span, event, link, log record or data point.</summary>
public readonly record struct TelemetryAttribute(string Key, AttributeValue Value)
{
    public override string ToString() => $"{Key}: {Value}";
}
