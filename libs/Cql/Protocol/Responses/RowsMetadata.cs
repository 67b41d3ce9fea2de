namespace StockAspire.Cql.Protocol.Responses;

/// <summary>
/// native_protocol_v4.spec, 4.2.5.2: what stands before rows. Version 5 adds an id of the columns, sent when they are no longer those
/// that the client's EXECUTE named.
/// </summary>
/// <param name="ColumnCount">Counts also where <paramref name="Columns"/> were left out.</param>
/// <param name="Columns">Null if the request asked to leave them out.</param>
internal readonly record struct RowsMetadata(int ColumnCount, CqlColumn[]? Columns)
{
    private const int HasMorePages = 0x0002;
    private const int NoMetadata = 0x0004;
    private const int MetadataChanged = 0x0008;

    /// <summary>Null on the last page.</summary>
    public byte[]? PagingState { get; init; }

    public byte[]? NewMetadataId { get; init; }

    /// <param name="known">Columns whose bytes may stand there again: they are then not read anew.</param>
    public static RowsMetadata Read(ref BodyReader reader, ReadOnlySpan<byte> body, KnownColumns? known = null)
    {
        var flags = reader.ReadInt32();
        var count = reader.ReadInt32();
        if (count is < 0 or > ushort.MaxValue)
            throw reader.Malformed($"{count} columns");

        var metadata = new RowsMetadata(count, null)
        {
            PagingState = (flags & HasMorePages) != 0 ? reader.ReadBytesOrNull() : null,
            NewMetadataId = (flags & MetadataChanged) != 0 ? reader.ReadShortBytes().ToArray() : null,
        };
        if ((flags & NoMetadata) != 0)
            return metadata;

        var isGlobalTable = (flags & ColumnSpecs.GlobalTable) != 0;
        if (known is not null && known.IsGlobalTable == isGlobalTable && known.Columns.Length == count && body[reader.Position..].StartsWith(known.Bytes))
        {
            reader.Take(known.Bytes.Length, "columns");
            return metadata with { Columns = known.Columns };
        }

        return metadata with { Columns = ColumnSpecs.Read(ref reader, count, isGlobalTable) };
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteInt32((PagingState is null ? 0 : HasMorePages) | (Columns is null ? NoMetadata : 0) | (NewMetadataId is null ? 0 : MetadataChanged) |
            (Columns is not null && ColumnSpecs.AreOfOneTable(Columns) ? ColumnSpecs.GlobalTable : 0));
        body.WriteInt32(ColumnCount);
        if (PagingState is not null)
            body.WriteBytes(PagingState);
        if (NewMetadataId is not null)
            body.WriteShortBytes(NewMetadataId);
        if (Columns is not null)
            ColumnSpecs.Write(body, Columns, version);
    }
}
