namespace StockAspire.Cql.Protocol.Responses;

/// <summary>
/// Columns with the bytes they were read from. In version 4 rows without metadata cannot be trusted after ALTER TABLE (the id of
/// the statement stays the same), so metadata always comes; comparing its bytes makes that nearly free.
/// </summary>
internal sealed record KnownColumns(bool IsGlobalTable, CqlColumn[] Columns, byte[] Bytes)
{
    public static KnownColumns Of(CqlColumn[] columns, ProtocolVersion version)
    {
        using var buffer = new GrowingBuffer();
        ColumnSpecs.Write(buffer, columns, version);
        return new(ColumnSpecs.AreOfOneTable(columns), columns, buffer.Written.ToArray());
    }
}
