using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace StockAspire.Dashboard.Frontend;

/// <summary>
/// A browser presents the token once and then holds a cookie. The cookie is a keyed hash of the token, not the token:
/// it survives a restart of this process, ends with the token, and needs no keys on disk. Thread-safe.
/// </summary>
internal sealed class BrowserToken(IOptions<DashboardOptions> options)
{
    private static readonly byte[] Purpose = "StockAspire.Dashboard login cookie 1"u8.ToArray();

    /// <summary>Null where no token is asked for.</summary>
    private readonly byte[]? _token = options.Value.Frontend.IsUnsecured ? null : Encoding.UTF8.GetBytes(options.Value.Frontend.BrowserToken!);

    public bool IsToken(string? candidate) => candidate is not null && _token is not null && AreEqual(_token, Encoding.UTF8.GetBytes(candidate));

    public bool IsSignedIn(HttpContext context) =>
        _token is null || (context.Request.Cookies.TryGetValue(CookieName(context), out var cookie)
            && AreEqual(Encoding.ASCII.GetBytes(CookieValue(_token)), Encoding.UTF8.GetBytes(cookie)));

    /// <summary>A session cookie: scripts cannot read it, other sites cannot send it.</summary>
    public void SignIn(HttpContext context)
    {
        if (_token is not null)
            context.Response.Cookies.Append(CookieName(context), CookieValue(_token), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" });
    }

    /// <summary>Cookies are shared by all ports of a host, and two AppHosts may run on one.</summary>
    private static string CookieName(HttpContext context) => $"StockAspire.Dashboard.{context.Request.Host.Port ?? 80}";

    private static string CookieValue(byte[] token) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(token, Purpose));

    /// <summary>Hashed first: the comparison takes the same time whatever the lengths.</summary>
    private static bool AreEqual(byte[] expected, byte[] actual) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(expected), SHA256.HashData(actual));
}
