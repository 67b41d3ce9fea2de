namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.5: the [int] that a RESULT begins with. Void has nothing more.</summary>
internal enum ResultKind
{
    Void = 1,
    Rows = 2,
    SetKeyspace = 3,
    Prepared = 4,
    SchemaChange = 5,
}
