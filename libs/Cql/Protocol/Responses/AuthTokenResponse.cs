namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.7 and 4.2.8: AUTH_CHALLENGE and AUTH_SUCCESS, both a token of the authenticator's.</summary>
internal readonly struct AuthTokenResponse(byte[]? token)
{
    public byte[]? Token { get; } = token;

    public static AuthTokenResponse Read(ref BodyReader reader) => new(reader.ReadBytesOrNull());

    public void Write(GrowingBuffer body) => body.WriteBytes(Token);
}
