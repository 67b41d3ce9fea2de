using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Receiving;

/// <summary>The answer to an export request that could be read.</summary>
internal readonly record struct ExportResult(long Rejected, string Reason)
{
    public static ExportResult All => new(0, string.Empty);

    /// <summary>
    /// All three response messages have the same fields: partial_success (1) of the number rejected (1) and the reason
    /// (2); nothing at all where everything was taken.
    /// </summary>
    public byte[] ToBytes() => Rejected == 0
        ? []
        : new ProtoWriter().Bytes(1, new ProtoWriter().Varint(1, (ulong)Rejected).Text(2, Reason).ToArray()).ToArray();
}
