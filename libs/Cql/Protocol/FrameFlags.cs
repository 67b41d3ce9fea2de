namespace StockAspire.Cql.Protocol;

/// <summary>native_protocol_v4.spec, 2.2.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>The body is compressed. Version 4 only: version 5 compresses segments.</summary>
    Compressed = 0x01,
    Tracing = 0x02,
    CustomPayload = 0x04,
    Warning = 0x08,
}
