namespace StockAspire.Cql.Protocol.Requests;

/// <summary>What a client can ask: it writes its body.</summary>
internal interface IRequest
{
    Opcode Opcode { get; }

    void Write(GrowingBuffer body, ProtocolVersion version);
}
