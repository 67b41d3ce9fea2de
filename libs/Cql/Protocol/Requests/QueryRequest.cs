namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.4: runs a text.</summary>
internal readonly struct QueryRequest(string cql, QueryParameters parameters) : IRequest
{
    public string Cql { get; } = cql;

    public QueryParameters Parameters { get; } = parameters;

    public Opcode Opcode => Opcode.Query;

    public static QueryRequest Read(ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var reader = new BodyReader(body);
        return new(reader.ReadLongString(), QueryParameters.Read(ref reader, version, body));
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteLongString(Cql);
        Parameters.Write(body, version);
    }
}
