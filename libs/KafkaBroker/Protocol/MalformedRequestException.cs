namespace StockAspire.KafkaBroker.Protocol;

/// <summary>The bytes of a request break the protocol: the connection that sent them is closed, no other is affected.</summary>
internal sealed class MalformedRequestException : Exception
{
    private MalformedRequestException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>A client that begins a TLS handshake where there is no TLS is told so by its first bytes, 16 03.</summary>
    public static MalformedRequestException FrameSize(int size, int limit) =>
        new($"Frame of {size} bytes announced; 1 to {limit} are allowed.{(size >> 16 == 0x1603 ? " These bytes begin a TLS handshake, and this listener has no TLS." : "")}");

    public static MalformedRequestException Overrun(string field, long size, int position, int remaining) =>
        new($"{field} of {size} bytes overruns the request at {position}; {remaining} bytes left.");

    public static MalformedRequestException Length(string field, long length, int position) =>
        new($"{field} of length {length} at {position} is not allowed.");

    public static MalformedRequestException Utf8(int position, Exception inner) =>
        new($"[string] at {position} is not valid UTF-8.", inner);

    public static MalformedRequestException Null(string field, int position) =>
        new($"{field} at {position} is null and must not be.");

    public static MalformedRequestException UnansweredFailure(string message) =>
        new($"A produce request with acks=0 failed: {message}");

    public static MalformedRequestException UnknownApi(short key, short version) =>
        new($"API key {key} (version {version}) is not served here; ApiVersions lists what is.");

    public static MalformedRequestException Unauthenticated(ApiKey key) =>
        new($"{key} was asked for without authentication.");

    public static MalformedRequestException TlsHandshake(Exception inner) =>
        new($"The TLS handshake failed: {inner.GetBaseException().Message}", inner);

    public static MalformedRequestException Version(ApiKey key, short version, short min, short max) =>
        new($"{key} version {version} is not served here; {min} to {max} are.");
}
