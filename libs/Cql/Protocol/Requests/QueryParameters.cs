namespace StockAspire.Cql.Protocol.Requests;

/// <summary>
/// native_protocol_v4.spec, 4.1.4: what follows the text of a QUERY and the id of an EXECUTE. Version 5 widens the flags to an
/// [int] and adds the keyspace.
/// </summary>
internal readonly record struct QueryParameters(CqlConsistency Consistency)
{
    private const int WithValues = 0x01;
    private const int WithoutMetadata = 0x02;
    private const int WithPageSize = 0x04;
    private const int WithPagingState = 0x08;
    private const int WithSerialConsistency = 0x10;
    private const int WithTimestamp = 0x20;
    private const int WithNames = 0x40;
    private const int WithKeyspace = 0x80;
    private const int WithNow = 0x100;

    public int ValueCount { get; init; }

    /// <summary>The [value]s one after the other, each after its name if <see cref="HasNames"/>.</summary>
    public ReadOnlyMemory<byte> Values { get; init; }

    public bool HasNames { get; init; }

    public bool SkipMetadata { get; init; }

    /// <summary>Rows; 0 lets the server send all in one page.</summary>
    public int PageSize { get; init; }

    /// <summary>Empty for the first page.</summary>
    public ReadOnlyMemory<byte> PagingState { get; init; }

    public CqlConsistency? SerialConsistency { get; init; }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public long? TimestampUs { get; init; }

    /// <summary>Version 5 only.</summary>
    public string? Keyspace { get; init; }

    public static QueryParameters Read(ref BodyReader reader, ProtocolVersion version, scoped ReadOnlySpan<byte> body)
    {
        var consistency = reader.ReadConsistency();
        var flags = version >= ProtocolVersion.V5 ? reader.ReadInt32() : reader.ReadByte();
        var count = (flags & WithValues) != 0 ? reader.ReadUInt16() : 0;
        var start = reader.Position;
        SkipValues(ref reader, count, (flags & WithNames) != 0);
        var values = body[start..reader.Position].ToArray();
        var parameters = new QueryParameters(consistency)
        {
            ValueCount = count,
            Values = values,
            HasNames = (flags & WithNames) != 0,
            SkipMetadata = (flags & WithoutMetadata) != 0,
            PageSize = (flags & WithPageSize) != 0 ? reader.ReadInt32() : 0,
            PagingState = (flags & WithPagingState) != 0 ? reader.ReadBytesOrNull() : null,
            SerialConsistency = (flags & WithSerialConsistency) != 0 ? reader.ReadConsistency() : null,
            TimestampUs = (flags & WithTimestamp) != 0 ? reader.ReadInt64() : null,
            Keyspace = (flags & WithKeyspace) != 0 ? reader.ReadString() : null,
        };
        if ((flags & WithNow) != 0)
            reader.ReadInt32();
        return parameters;
    }

    public static void SkipValues(ref BodyReader reader, int count, bool hasNames)
    {
        for (var i = 0; i < count; i++)
        {
            if (hasNames)
                reader.ReadString();
            reader.ReadBytes(out _);
        }
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteUInt16((int)Consistency);
        WriteFlags(
            body,
            version,
            (ValueCount > 0 ? WithValues : 0) | (SkipMetadata ? WithoutMetadata : 0) | (PageSize > 0 ? WithPageSize : 0) |
            (PagingState.IsEmpty ? 0 : WithPagingState) | (HasNames ? WithNames : 0),
            version >= ProtocolVersion.V5 ? Keyspace : null);
        if (ValueCount > 0)
        {
            body.WriteUInt16(ValueCount);
            body.WriteRaw(Values.Span);
        }

        if (PageSize > 0)
            body.WriteInt32(PageSize);
        if (!PagingState.IsEmpty)
            body.WriteBytes(PagingState.Span);
        WriteEnd(body, version);
    }

    /// <summary>Flags and fields as BATCH has them too.</summary>
    public void WriteBatchEnd(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteUInt16((int)Consistency);
        WriteFlags(body, version, 0, version >= ProtocolVersion.V5 ? Keyspace : null);
        WriteEnd(body, version);
    }

    private void WriteFlags(GrowingBuffer body, ProtocolVersion version, int flags, string? keyspace)
    {
        flags |= (SerialConsistency is null ? 0 : WithSerialConsistency) | (TimestampUs is null ? 0 : WithTimestamp) | (keyspace is null ? 0 : WithKeyspace);
        if (version >= ProtocolVersion.V5)
            body.WriteInt32(flags);
        else
            body.WriteByte((byte)flags);
    }

    private void WriteEnd(GrowingBuffer body, ProtocolVersion version)
    {
        if (SerialConsistency is { } serial)
            body.WriteUInt16((int)serial);
        if (TimestampUs is { } timestamp)
            body.WriteInt64(timestamp);
        if (version >= ProtocolVersion.V5 && Keyspace is not null)
            body.WriteString(Keyspace);
    }
}
