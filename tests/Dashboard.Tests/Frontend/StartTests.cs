using System.Net;
using StockAspire.Dashboard.Tests.Harness;
using StockAspire.Dashboard.Tests.Telemetry;

namespace StockAspire.Dashboard.Tests.Frontend;

public sealed class StartTests
{
    [Fact]
    public async Task Wrong_settings_end_it_with_a_line_for_each()
    {
        var environment = DashboardProcess.Environment();
        environment["ASPNETCORE_URLS"] = "http://0.0.0.0:0";
        environment["DASHBOARD__FRONTEND__BROWSERTOKEN"] = "hunter2";
        await using var dashboard = await DashboardProcess.RunAsync(environment);
        Assert.Equal(1, dashboard.ExitCode);
        Assert.Contains("ASPNETCORE_URLS has 'http://0.0.0.0:0', which others can reach", dashboard.Output, StringComparison.Ordinal);
        Assert.Contains("Dashboard:Frontend:BrowserToken has 7 characters", dashboard.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", dashboard.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", dashboard.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_security_everyone_of_this_machine_is_let_in_with_a_warning()
    {
        var environment = DashboardProcess.Environment();
        environment["DASHBOARD__FRONTEND__AUTHMODE"] = "Unsecured";
        await using var dashboard = await DashboardProcess.StartAsync(environment);
        await Eventually.TrueAsync("The warning", () => dashboard.Output.Contains("everyone who reaches the port is let in", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(dashboard, "/"));
    }

    [Fact]
    public async Task Beyond_loopback_only_the_pages_when_asked_and_with_a_warning()
    {
        var environment = DashboardProcess.Environment();
        environment["ASPNETCORE_URLS"] = "http://0.0.0.0:0";
        environment["DASHBOARD__FRONTEND__ALLOWREMOTE"] = "true";
        await using var dashboard = await DashboardProcess.StartAsync(environment);
        await Eventually.TrueAsync("The warning", () => dashboard.Output.Contains("others can reach this dashboard", StringComparison.Ordinal));
        Assert.DoesNotContain("OTLP ports", dashboard.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(dashboard, "/login", host: "dashboard.example"));
    }

    [Fact]
    public async Task Beyond_loopback_only_OTLP_when_asked_and_with_a_warning()
    {
        await using var scene = await TelemetryScene.StartAsync(("DASHBOARD__OTLP__ALLOWREMOTE", "true"));
        await Eventually.TrueAsync("The warning", () => scene.Dashboard.Output.Contains("others can reach the OTLP ports", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await scene.PostAsync("/v1/traces", [], host: "dashboard.example"));
        Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(scene.Dashboard, "/login", host: "dashboard.example"));
    }

    [Fact]
    public async Task It_ends_with_0_when_asked_to()
    {
        await using var dashboard = await DashboardProcess.StartAsync(DashboardProcess.Environment());
        await dashboard.TerminateAsync();
        Assert.Equal(0, dashboard.ExitCode);
    }

    [Fact]
    public async Task No_secret_is_in_its_output()
    {
        await using var dashboard = await DashboardProcess.StartAsync(DashboardProcess.Environment(resources: "http://127.0.0.1:9"));
        await Eventually.TrueAsync("The failed connection is told", () => dashboard.Output.Contains("No connection to the resource service", StringComparison.Ordinal));
        await dashboard.TerminateAsync();
        Assert.DoesNotContain(DashboardProcess.Token, dashboard.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeAppHost.ApiKey, dashboard.Output, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(DashboardProcess dashboard, string path, string? host = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(dashboard.Url.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)), path));
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
