namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.1: opens a connection. Answered by READY or AUTHENTICATE; never compressed.</summary>
internal readonly struct StartupRequest(IReadOnlyDictionary<string, string> options) : IRequest
{
    public const string CqlVersion = "CQL_VERSION";
    public const string Compression = "COMPRESSION";
    public const string DriverName = "DRIVER_NAME";
    public const string DriverVersion = "DRIVER_VERSION";

    /// <summary>Set to 1, an overloaded node answers 0x1001 instead of letting the socket fill.</summary>
    public const string ThrowOnOverload = "THROW_ON_OVERLOAD";

    public IReadOnlyDictionary<string, string> Options { get; } = options;

    public Opcode Opcode => Opcode.Startup;

    public static StartupRequest Read(ref BodyReader reader) => new(reader.ReadStringMap());

    public void Write(GrowingBuffer body, ProtocolVersion version) => body.WriteStringMap(Options);
}
