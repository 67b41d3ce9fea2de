namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.5; v5 adds flags, of which 0x01 says that a keyspace follows.</summary>
internal readonly struct PrepareRequest(string cql, string? keyspace = null) : IRequest
{
    private const int WithKeyspace = 0x01;

    public string Cql { get; } = cql;

    /// <summary>Of unqualified names. Not sent in version 4, which knows only the connection's.</summary>
    public string? Keyspace { get; } = keyspace;

    public Opcode Opcode => Opcode.Prepare;

    public static PrepareRequest Read(ref BodyReader reader, ProtocolVersion version)
    {
        var cql = reader.ReadLongString();
        return new(cql, version >= ProtocolVersion.V5 && (reader.ReadInt32() & WithKeyspace) != 0 ? reader.ReadString() : null);
    }

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteLongString(Cql);
        if (version < ProtocolVersion.V5)
            return;

        body.WriteInt32(Keyspace is null ? 0 : WithKeyspace);
        if (Keyspace is not null)
            body.WriteString(Keyspace);
    }
}
