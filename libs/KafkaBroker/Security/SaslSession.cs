using System.Security.Cryptography;
using System.Text;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Security;

/// <summary>
/// How far one connection has come in proving who it is: SaslHandshake names the mechanism, PLAIN (RFC 4616) is the one that is
/// served, then one token decides. A connection whose attempt failed is closed after the answer. Not thread-safe.
/// </summary>
internal sealed class SaslSession(BrokerUsers users, TimeSpan failureDelay)
{
    public const string Mechanism = "PLAIN";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private enum State
    {
        /// <summary>No mechanism has been named yet.</summary>
        Start,

        /// <summary>The token comes with SaslAuthenticate.</summary>
        AwaitsAuthenticate,

        /// <summary>The token comes in a frame without header, as after SaslHandshake version 0.</summary>
        AwaitsRawToken,
        Authenticated,
        Failed,
    }

    private State _state;

    public bool IsAuthenticated => _state == State.Authenticated;

    public bool HasFailed => _state == State.Failed;

    public bool AwaitsRawToken => _state == State.AwaitsRawToken;

    public ErrorCode Choose(string mechanism, bool rawToken)
    {
        if (_state != State.Start)
        {
            return ErrorCode.IllegalSaslState;
        }

        if (mechanism != Mechanism)
        {
            _state = State.Failed;
            return ErrorCode.UnsupportedSaslMechanism;
        }

        _state = rawToken ? State.AwaitsRawToken : State.AwaitsAuthenticate;
        return ErrorCode.None;
    }

    /// <summary>Judges a token of PLAIN, and erases it; a wrong one takes its time, which makes guessing slow.</summary>
    public async ValueTask<(ErrorCode Error, string? Message)> AuthenticateAsync(Memory<byte> token, CancellationToken cancellationToken)
    {
        if (_state is not (State.AwaitsAuthenticate or State.AwaitsRawToken))
        {
            _state = IsAuthenticated ? _state : State.Failed;
            return (ErrorCode.IllegalSaslState, IsAuthenticated ? "SaslAuthenticate request received after successful authentication" : "SaslHandshake comes first");
        }

        var problem = TryParse(token, out var name, out var password) is { } malformed ? malformed
            : await users.VerifyAsync(name, password, cancellationToken).ConfigureAwait(false) ? null
            : "Authentication failed: Invalid username or password";
        CryptographicOperations.ZeroMemory(token.Span);
        if (problem is null)
        {
            _state = State.Authenticated;
            return (ErrorCode.None, null);
        }

        _state = State.Failed;
        await Task.Delay(failureDelay, cancellationToken).ConfigureAwait(false);
        return (ErrorCode.SaslAuthenticationFailed, problem);
    }

    /// <summary>[authorization id] NUL name NUL password; returns what is wrong with it.</summary>
    private static string? TryParse(ReadOnlyMemory<byte> token, out string name, out ReadOnlyMemory<byte> password)
    {
        (name, password) = ("", default);
        var first = token.Span.IndexOf((byte)0);
        var second = first < 0 ? -1 : token.Span[(first + 1)..].IndexOf((byte)0);
        if (second < 0)
        {
            return "Authentication failed: a PLAIN token has three parts";
        }

        string authorization;
        try
        {
            authorization = StrictUtf8.GetString(token.Span[..first]);
            name = StrictUtf8.GetString(token.Span.Slice(first + 1, second));
        }
        catch (DecoderFallbackException)
        {
            return "Authentication failed: the name is not valid UTF-8";
        }

        password = token[(first + second + 2)..];
        return password.Span.Contains((byte)0) ? "Authentication failed: a PLAIN token has three parts"
            : name.Length == 0 ? "Authentication failed: username not specified"
            : password.Length == 0 ? "Authentication failed: password not specified"
            : authorization.Length > 0 && authorization != name ? "Authentication failed: Client requested an authorization id that is different from username"
            : null;
    }
}
