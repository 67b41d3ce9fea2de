namespace StockAspire.Cql.Protocol.Requests;

/// <summary>
/// native_protocol_v4.spec, 4.1.6: runs a prepared statement. Version 5 adds the id of the result metadata that the client holds, so
/// that the server can tell whether it is out of date.
/// </summary>
internal readonly struct ExecuteRequest(ReadOnlyMemory<byte> id, ReadOnlyMemory<byte> resultMetadataId, QueryParameters parameters) : IRequest
{
    public ReadOnlyMemory<byte> Id { get; } = id;

    public ReadOnlyMemory<byte> ResultMetadataId { get; } = resultMetadataId;

    public QueryParameters Parameters { get; } = parameters;

    public Opcode Opcode => Opcode.Execute;

    public static ExecuteRequest Read(ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var reader = new BodyReader(body);
        var id = reader.ReadShortBytes().ToArray();
        var resultMetadataId = version >= ProtocolVersion.V5 ? reader.ReadShortBytes().ToArray() : [];
        return new(id, resultMetadataId, QueryParameters.Read(ref reader, version, body));
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteShortBytes(Id.Span);
        if (version >= ProtocolVersion.V5)
            body.WriteShortBytes(ResultMetadataId.Span);
        Parameters.Write(body, version);
    }
}
