namespace StockAspire.Otlp;

public enum OtlpAuthMode
{
    ApiKey,

    /// <summary>Whoever reaches the port may send.</summary>
    Unsecured,
}
