namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.7: several statements at once.</summary>
/// <param name="statements">The statements one after the other: kind, text or id, count of values, values.</param>
/// <param name="parameters">Only consistency, serial consistency, timestamp and keyspace count.</param>
internal readonly struct BatchRequest(CqlBatchKind kind, int count, ReadOnlyMemory<byte> statements, QueryParameters parameters) : IRequest
{
    public const byte TextKind = 0;
    public const byte PreparedKind = 1;

    public CqlBatchKind Kind { get; } = kind;

    public int Count { get; } = count;

    public ReadOnlyMemory<byte> Statements { get; } = statements;

    public QueryParameters Parameters { get; } = parameters;

    public Opcode Opcode => Opcode.Batch;

    public static BatchRequest Read(ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var reader = new BodyReader(body);
        var kind = (CqlBatchKind)reader.ReadByte();
        var count = reader.ReadUInt16();
        var start = reader.Position;
        for (var i = 0; i < count; i++)
        {
            if (reader.ReadByte() == PreparedKind)
                reader.ReadShortBytes();
            else
                reader.ReadLongString();
            QueryParameters.SkipValues(ref reader, reader.ReadUInt16(), hasNames: false);
        }

        var statements = body[start..reader.Position].ToArray();
        return new(kind, count, statements, QueryParameters.Read(ref reader, version, body));
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteByte((byte)Kind);
        body.WriteUInt16(Count);
        body.WriteRaw(Statements.Span);
        Parameters.WriteBatchEnd(body, version);
    }
}
