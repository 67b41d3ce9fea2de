using Microsoft.Extensions.Configuration;

namespace StockAspire.Dashboard.Tests;

public sealed class OptionsTests
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public void The_names_of_Aspires_dashboard_are_understood()
    {
        var options = Bind(
            ("urls", "http://127.0.0.1:18888"),
            ("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://127.0.0.1:18889"),
            ("DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://127.0.0.1:18890"),
            ("DOTNET_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:20001"),
            ("DASHBOARD:FRONTEND:AUTHMODE", "BrowserToken"),
            ("DASHBOARD:FRONTEND:BROWSERTOKEN", Token),
            ("DASHBOARD:RESOURCESERVICECLIENT:AUTHMODE", "ApiKey"),
            ("DASHBOARD:RESOURCESERVICECLIENT:APIKEY", "secret"),
            ("Dashboard:Pipeline:Url", "http://127.0.0.1:5201"));

        Assert.Equal("http://127.0.0.1:18888", Assert.Single(options.Frontend.UrlList));
        Assert.Equal("http://127.0.0.1:18889", options.Otlp.GrpcUrl);
        Assert.Equal("http://127.0.0.1:18890", options.Otlp.HttpUrl);
        Assert.Equal("http://127.0.0.1:20001", options.ResourceServiceClient.Url);
        Assert.Equal("http://127.0.0.1:5201", options.Pipeline.Url);
        Assert.Equal(Token, options.Frontend.BrowserToken);
        Assert.Equal("secret", options.ResourceServiceClient.ApiKey);
        Assert.Empty(Failures(options));
    }

    [Theory]
    [InlineData("urls", "http://0.0.0.0:18888", "ASPNETCORE_URLS has 'http://0.0.0.0:18888', which others can reach")]
    [InlineData("urls", "http://*:18888", "ASPNETCORE_URLS has 'http://*:18888', which others can reach")]
    [InlineData("urls", "https://127.0.0.1:18888", "ASPNETCORE_URLS has 'https://127.0.0.1:18888'; expected http://HOST:PORT")]
    [InlineData("urls", "18888", "ASPNETCORE_URLS has '18888'; expected http://HOST:PORT")]
    [InlineData("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://192.0.2.1:18889", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL has 'http://192.0.2.1:18889', which others can reach")]
    [InlineData("DOTNET_RESOURCE_SERVICE_ENDPOINT_URL", "localhost:5", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL is 'localhost:5'; expected an absolute http or https URL")]
    [InlineData("Dashboard:Pipeline:Url", "nowhere", "Dashboard:Pipeline:Url is 'nowhere'; expected an absolute http or https URL")]
    [InlineData("Dashboard:Frontend:AuthMode", "OpenIdConnect", "Dashboard:Frontend:AuthMode is 'OpenIdConnect'; expected BrowserToken or Unsecured")]
    [InlineData("Dashboard:Frontend:BrowserToken", "short", "Dashboard:Frontend:BrowserToken has 5 characters; expected 16 to 1024")]
    [InlineData("Dashboard:ResourceServiceClient:AuthMode", "ApiKey", "Dashboard:ResourceServiceClient:ApiKey has 0 characters; expected 1 to 1024")]
    public void A_wrong_value_is_told_with_its_key(string key, string value, string message) =>
        Assert.StartsWith(message, Assert.Single(Failures(Bind(("Dashboard:Frontend:BrowserToken", Token), (key, value)))), StringComparison.Ordinal);

    [Fact]
    public void A_secret_is_never_in_a_message() =>
        Assert.DoesNotContain(Failures(Bind(("Dashboard:Frontend:BrowserToken", "hunter2"))), failure => failure.Contains("hunter2", StringComparison.Ordinal));

    [Fact]
    public void Others_can_be_let_in_when_that_is_said() =>
        Assert.Empty(Failures(Bind(("urls", "http://0.0.0.0:18888"), ("Dashboard:Frontend:AllowRemote", "true"), ("Dashboard:Frontend:BrowserToken", Token))));

    [Theory]
    [InlineData("urls", "Dashboard:Frontend:AllowRemote", "Dashboard:Frontend:AuthMode", "BrowserToken")]
    [InlineData("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "Dashboard:Otlp:AllowRemote", "Dashboard:Otlp:AuthMode", "ApiKey")]
    [InlineData("DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "Dashboard:Otlp:AllowRemote", "Dashboard:Otlp:AuthMode", "ApiKey")]
    public void Others_are_let_in_by_the_setting_of_that_port_alone_and_asked_who_they_are(string url, string allow, string mode, string secured)
    {
        (string Key, string Value)[] both = [("Dashboard:Frontend:AllowRemote", "true"), ("Dashboard:Otlp:AllowRemote", "true")];
        (string Key, string Value)[] open = [("Dashboard:Frontend:BrowserToken", Token), (url, "http://0.0.0.0:1")];

        Assert.Contains($"which others can reach; expected 127.0.0.1, [::1] or localhost, or {allow}=true.", Assert.Single(Failures(Bind([.. open, .. both.Where(setting => setting.Key != allow), (mode, secured)]))), StringComparison.Ordinal);
        Assert.Matches($"^{mode} is Unsecured while .* has 'http://0.0.0.0:1', which others can reach; expected {secured}.$", Assert.Single(Failures(Bind([.. open, (allow, "true"), (mode, "unsecured")]))));
        Assert.Empty(Failures(Bind([.. open, (allow, "true"), (mode, secured)])));
    }

    [Fact]
    public void Otlp_is_unsecured_unless_somebody_says_otherwise() =>
        Assert.StartsWith("Dashboard:Otlp:AuthMode is Unsecured while", Assert.Single(Failures(Bind(
            ("Dashboard:Frontend:BrowserToken", Token), ("Dashboard:Otlp:AllowRemote", "true"), ("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://*:18889")))), StringComparison.Ordinal);

    [Fact]
    public void Without_security_no_token_is_needed() =>
        Assert.Empty(Failures(Bind(("Dashboard:Frontend:AuthMode", "unsecured"))));

    private static DashboardOptions Bind(params (string Key, string Value)[] settings)
    {
        var options = new DashboardOptions();
        DashboardOptions.Bind(options, new ConfigurationBuilder()
            .AddInMemoryCollection(settings.GroupBy(setting => setting.Key).ToDictionary(group => group.Key, group => (string?)group.Last().Value)).Build());
        return options;
    }

    private static List<string> Failures(DashboardOptions options) => [.. new DashboardOptionsValidator().Validate(null, options).Failures ?? []];
}
