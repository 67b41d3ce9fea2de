namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.4: what STARTUP may ask for. READY (4.2.2) has no body and so no type.</summary>
internal readonly struct SupportedResponse(IReadOnlyDictionary<string, string[]> options)
{
    public IReadOnlyDictionary<string, string[]> Options { get; } = options;

    public static SupportedResponse Read(ref BodyReader reader) => new(reader.ReadStringMultimap());

    public void Write(GrowingBuffer body) => body.WriteStringMultimap(Options);
}
