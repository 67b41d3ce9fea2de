using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Options;
using StockAspire.Otlp;

namespace StockAspire.Dashboard;

/// <summary>Each message names the key, its value unless that is secret, and what is expected.</summary>
internal sealed class DashboardOptionsValidator : IValidateOptions<DashboardOptions>
{
    /// <summary>128 bits in hexadecimal are 32 characters; fewer than 16 can be guessed.</summary>
    private const int BrowserTokenLengthMin = 16;
    private const int SecretLengthMax = 1_024;

    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        var failures = new List<string>();
        CheckFrontend(options.Frontend, failures);
        var otlp = options.Otlp;
        CheckListener(DashboardOptions.OtlpGrpcUrlKey, otlp.GrpcUrl, "Otlp", otlp.AllowRemote, otlp.IsUnsecured, nameof(OtlpAuthMode.ApiKey), failures);
        CheckListener(DashboardOptions.OtlpHttpUrlKey, otlp.HttpUrl, "Otlp", otlp.AllowRemote, otlp.IsUnsecured, nameof(OtlpAuthMode.ApiKey), failures);
        CheckClient(options.ResourceServiceClient, failures);
        CheckTarget(DashboardOptions.PipelineUrlKey, options.Pipeline.Url, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckFrontend(FrontendOptions frontend, List<string> failures)
    {
        if (frontend.UrlList.Count == 0)
            failures.Add("ASPNETCORE_URLS holds no URL; expected one such as http://127.0.0.1:18888.");
        foreach (var url in frontend.UrlList)
            CheckListener("ASPNETCORE_URLS", url, "Frontend", frontend.AllowRemote, frontend.IsUnsecured, FrontendOptions.BrowserTokenMode, failures);

        if (frontend.IsUnsecured)
            return;
        if (!frontend.AuthMode.Equals(FrontendOptions.BrowserTokenMode, StringComparison.OrdinalIgnoreCase))
            failures.Add($"Dashboard:Frontend:AuthMode is '{frontend.AuthMode}'; expected {FrontendOptions.BrowserTokenMode} or {FrontendOptions.UnsecuredMode}.");
        else if (frontend.BrowserToken is not { Length: >= BrowserTokenLengthMin and <= SecretLengthMax })
            failures.Add($"Dashboard:Frontend:BrowserToken has {frontend.BrowserToken?.Length ?? 0} characters; expected {BrowserTokenLengthMin} to {SecretLengthMax}, or Dashboard:Frontend:AuthMode={FrontendOptions.UnsecuredMode}.");
    }

    /// <summary>What others can reach must be allowed to be, and must ask them who they are.</summary>
    private static void CheckListener(string key, string? url, string section, bool allowRemote, bool isUnsecured, string securedMode, List<string> failures)
    {
        if (url is null)
            return;
        if (!TryParse(url, out var address) || address.Scheme != Uri.UriSchemeHttp || address.PathBase.Length > 0)
            failures.Add($"{key} has '{url}'; expected http://HOST:PORT without a path (TLS is a reverse proxy's).");
        else if (!IsLoopback(address.Host) && !allowRemote)
            failures.Add($"{key} has '{url}', which others can reach; expected 127.0.0.1, [::1] or localhost, or Dashboard:{section}:AllowRemote=true.");
        else if (!IsLoopback(address.Host) && isUnsecured)
            failures.Add($"Dashboard:{section}:AuthMode is Unsecured while {key} has '{url}', which others can reach; expected {securedMode}.");
    }

    private static void CheckClient(ResourceServiceClientOptions client, List<string> failures)
    {
        CheckTarget(DashboardOptions.ResourceServiceUrlKey, client.Url, failures);
        if (client.AuthMode.Equals(ResourceServiceClientOptions.UnsecuredMode, StringComparison.OrdinalIgnoreCase))
            return;
        if (!client.AuthMode.Equals(ResourceServiceClientOptions.ApiKeyMode, StringComparison.OrdinalIgnoreCase))
            failures.Add($"Dashboard:ResourceServiceClient:AuthMode is '{client.AuthMode}'; expected {ResourceServiceClientOptions.ApiKeyMode} or {ResourceServiceClientOptions.UnsecuredMode}.");
        else if (client.ApiKey is not { Length: > 0 and <= SecretLengthMax } || !client.ApiKey.All(char.IsAscii) || client.ApiKey.Any(char.IsControl))
            failures.Add($"Dashboard:ResourceServiceClient:ApiKey has {client.ApiKey?.Length ?? 0} characters; expected 1 to {SecretLengthMax} of printable ASCII.");
    }

    private static void CheckTarget(string key, string? url, List<string> failures)
    {
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")))
            failures.Add($"{key} is '{url}'; expected an absolute http or https URL.");
    }

    private static bool TryParse(string url, [NotNullWhen(true)] out BindingAddress? address)
    {
        try
        {
            address = BindingAddress.Parse(url);
            return true;
        }
        catch (FormatException)
        {
            address = null;
            return false;
        }
    }

    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
