namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.5.4: a statement's id, its variables, and the columns of its rows.</summary>
/// <param name="PartitionKeyIndexes">Variables that make up the partition key, in its order; empty if some are missing.</param>
/// <param name="ResultMetadataId">Version 5 only.</param>
/// <param name="ResultColumns">Empty for what gives no rows.</param>
internal sealed record PreparedResult(byte[] Id, byte[] ResultMetadataId, int[] PartitionKeyIndexes, CqlColumn[] Variables, CqlColumn[] ResultColumns)
{
    public static PreparedResult Read(ref BodyReader reader, ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var id = reader.ReadShortBytes().ToArray();
        var resultMetadataId = version >= ProtocolVersion.V5 ? reader.ReadShortBytes().ToArray() : [];
        var flags = reader.ReadInt32();
        var count = reader.ReadInt32();
        var keys = new int[reader.Count(reader.ReadInt32(), 2, "partition key indexes")];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadUInt16();
            if (keys[i] >= count)
                throw reader.Malformed($"partition key index {keys[i]} of {count} variables");
        }

        var variables = ColumnSpecs.Read(ref reader, count, (flags & ColumnSpecs.GlobalTable) != 0);
        return new(id, resultMetadataId, keys, variables, RowsMetadata.Read(ref reader, body).Columns ?? []);
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteInt32((int)ResultKind.Prepared);
        body.WriteShortBytes(Id);
        if (version >= ProtocolVersion.V5)
            body.WriteShortBytes(ResultMetadataId);
        body.WriteInt32(ColumnSpecs.AreOfOneTable(Variables) ? ColumnSpecs.GlobalTable : 0);
        body.WriteInt32(Variables.Length);
        body.WriteInt32(PartitionKeyIndexes.Length);
        foreach (var key in PartitionKeyIndexes)
            body.WriteUInt16(key);
        ColumnSpecs.Write(body, Variables, version);
        new RowsMetadata(ResultColumns.Length, ResultColumns.Length == 0 ? null : ResultColumns).Write(body, version);
    }
}
