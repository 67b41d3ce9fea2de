namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.3: asks for SUPPORTED, before STARTUP or at any time, and so a heartbeat too.</summary>
internal readonly struct OptionsRequest : IRequest
{
    public Opcode Opcode => Opcode.Options;

    public void Write(GrowingBuffer body, ProtocolVersion version)
    {
    }
}
