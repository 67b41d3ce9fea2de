namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.8: asks for events on this connection. Answered by READY.</summary>
internal readonly struct RegisterRequest(IReadOnlyList<string> eventTypes) : IRequest
{
    public IReadOnlyList<string> EventTypes { get; } = eventTypes;

    public Opcode Opcode => Opcode.Register;

    public static RegisterRequest Read(ref BodyReader reader) => new(reader.ReadStringList());

    public void Write(GrowingBuffer body, ProtocolVersion version) => body.WriteStringList([.. EventTypes]);
}
