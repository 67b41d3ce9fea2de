using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StockAspire.Dashboard.Layout;

namespace StockAspire.Dashboard.Frontend;

/// <summary><c>GET /login?t=TOKEN</c> is the link that the AppHost prints; without a token, or with a wrong one, a form.</summary>
internal static class Login
{
    public const string Path = "/login";
    public const string ReturnUrlKey = "returnUrl";

    public static void MapLogin(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (HttpContext context, BrowserToken token, [FromQuery] string? t, [FromQuery] string? returnUrl) =>
            SignIn(context, token, t, returnUrl)).AllowAnonymous();

        // A forged form would have to know the token, and then gains the forger nothing.
        endpoints.MapPost(Path, (HttpContext context, BrowserToken token, [FromForm] string? t, [FromForm] string? returnUrl) =>
            SignIn(context, token, t?.Trim(), returnUrl)).AllowAnonymous().DisableAntiforgery();
    }

    private static IResult SignIn(HttpContext context, BrowserToken token, string? candidate, string? returnUrl)
    {
        if (token.IsToken(candidate))
            token.SignIn(context);
        else if (!token.IsSignedIn(context) || !string.IsNullOrEmpty(candidate))
        {
            return new RazorComponentResult<LoginPage>(new { IsWrong = !string.IsNullOrEmpty(candidate), ReturnUrl = returnUrl })
            {
                StatusCode = string.IsNullOrEmpty(candidate) ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized,
            };
        }
        return Results.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
    }

    /// <summary>A path of this site: not <c>//host</c>, nor <c>/\host</c>, which browsers take for the same.</summary>
    internal static bool IsLocal(string? url) =>
        url is ['/', ..] && !(url.Length > 1 && url[1] is ('/' or '\\')) && !url.Any(char.IsControl);
}
