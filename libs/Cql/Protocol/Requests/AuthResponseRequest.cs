using System.Text;

namespace StockAspire.Cql.Protocol.Requests;

/// <summary>native_protocol_v4.spec, 4.1.2: answers AUTHENTICATE or AUTH_CHALLENGE with a SASL token.</summary>
internal readonly struct AuthResponseRequest(byte[]? token) : IRequest
{
    public byte[]? Token { get; } = token;

    public Opcode Opcode => Opcode.AuthResponse;

    /// <summary>RFC 4616: no authorization id, user and password, each after a zero byte.</summary>
    public static AuthResponseRequest Plain(string user, string password) => new(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));

    public static AuthResponseRequest Read(ref BodyReader reader) => new(reader.ReadBytesOrNull());

    public void Write(GrowingBuffer body, ProtocolVersion version) => body.WriteBytes(Token);
}
