namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 2.2: what the header's flags put before the message: tracing id, warnings, custom payload.</summary>
internal readonly record struct ResponsePrelude(Guid? TracingId, string[] Warnings, Dictionary<string, byte[]?>? CustomPayload)
{
    public static ResponsePrelude Read(ref BodyReader reader, FrameFlags flags) => new(
        (flags & FrameFlags.Tracing) != 0 ? reader.ReadUuid() : null,
        (flags & FrameFlags.Warning) != 0 ? reader.ReadStringList() : [],
        (flags & FrameFlags.CustomPayload) != 0 ? reader.ReadBytesMap() : null);

    public FrameFlags Flags => (TracingId is null ? 0 : FrameFlags.Tracing) | (Warnings is { Length: > 0 } ? FrameFlags.Warning : 0) |
        (CustomPayload is null ? 0 : FrameFlags.CustomPayload);

    public void Write(GrowingBuffer body)
    {
        if (TracingId is { } id)
            body.WriteUuid(id);
        if (Warnings is { Length: > 0 })
            body.WriteStringList(Warnings);
        if (CustomPayload is not null)
            body.WriteBytesMap(CustomPayload);
    }
}
