namespace StockAspire.Otlp.Wire;

/// <summary>Is shown an export request from its beginning to its end.</summary>
internal interface IItemVisitor
{
    /// <summary>The resource of the scopes that follow; empty where the sender gave none.</summary>
    void Resource(ReadOnlySpan<byte> message);

    /// <summary>The instrumentation scope of the items that follow; empty where the sender gave none.</summary>
    void Scope(ReadOnlySpan<byte> message);

    /// <summary>A span, log record or metric.</summary>
    void Item(ReadOnlySpan<byte> message);
}
