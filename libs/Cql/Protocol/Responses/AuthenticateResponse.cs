namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.3: the server wants credentials.</summary>
/// <param name="authenticator">The server's class.</param>
internal readonly struct AuthenticateResponse(string authenticator)
{
    public string Authenticator { get; } = authenticator;

    public static AuthenticateResponse Read(ref BodyReader reader) => new(reader.ReadString());

    public void Write(GrowingBuffer body) => body.WriteString(Authenticator);
}
