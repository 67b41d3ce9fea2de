using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace StockAspire.Otlp.Receiving;

/// <summary>
/// Lets requests through that give an API key, before a byte of their bodies is read. Hashes are compared, in constant
/// time, so that neither a key's beginning nor its length can be guessed by the clock.
/// </summary>
internal sealed class ApiKeyGate(IOptions<OtlpOptions> options)
{
    public const string Header = "x-otlp-api-key";

    private readonly byte[][]? _hashes = options.Value.AuthMode == OtlpAuthMode.Unsecured
        ? null
        : [.. new[] { options.Value.PrimaryApiKey, options.Value.SecondaryApiKey }.Where(key => !string.IsNullOrWhiteSpace(key)).Select(key => Hash(key!))];

    public Task InvokeAsync(HttpContext context, RequestDelegate next) => IsOpenTo(context.Request) ? next(context) : RefuseAsync(context);

    private bool IsOpenTo(HttpRequest request)
    {
        if (_hashes is null)
        {
            return true;
        }

        var given = Hash(request.Headers[Header].ToString());
        var isKnown = false;
        foreach (var hash in _hashes)
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, given);
        }

        return isKnown;
    }

    /// <summary>gRPC has its status in headers, under HTTP's 200.</summary>
    private static Task RefuseAsync(HttpContext context)
    {
        var contentType = context.Request.ContentType;
        if (contentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)StatusCode.Unauthenticated).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = $"{Header} is missing or wrong";
            return Task.CompletedTask;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
