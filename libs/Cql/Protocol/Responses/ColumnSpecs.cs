namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.5.2: [global_table_spec] and [col_spec]s, the same in Rows and Prepared.</summary>
internal static class ColumnSpecs
{
    /// <summary>Flag: one table for all columns, named once.</summary>
    public const int GlobalTable = 0x0001;

    /// <summary>The least that a column takes: an empty name and a type id.</summary>
    private const int ColumnSizeMin = 4;

    public static CqlColumn[] Read(ref BodyReader reader, int count, bool isGlobalTable)
    {
        var columns = new CqlColumn[reader.Count(count, ColumnSizeMin, "columns")];
        var (keyspace, table) = isGlobalTable ? (reader.ReadString(), reader.ReadString()) : (string.Empty, string.Empty);
        for (var i = 0; i < columns.Length; i++)
        {
            if (!isGlobalTable)
                (keyspace, table) = (reader.ReadString(), reader.ReadString());
            columns[i] = new CqlColumn(keyspace, table, reader.ReadString(), CqlType.Read(ref reader));
        }

        return columns;
    }

    public static bool AreOfOneTable(IReadOnlyList<CqlColumn> columns) =>
        columns.Count > 0 && columns.All(column => column.Keyspace == columns[0].Keyspace && column.Table == columns[0].Table);

    public static void Write(GrowingBuffer body, IReadOnlyList<CqlColumn> columns, ProtocolVersion version)
    {
        var isGlobalTable = AreOfOneTable(columns);
        if (isGlobalTable)
        {
            body.WriteString(columns[0].Keyspace);
            body.WriteString(columns[0].Table);
        }

        foreach (var column in columns)
        {
            if (!isGlobalTable)
            {
                body.WriteString(column.Keyspace);
                body.WriteString(column.Table);
            }

            body.WriteString(column.Name);
            column.Type.Write(body, version);
        }
    }
}
