using System.Diagnostics;
using System.Text.RegularExpressions;
using Aspire.DashboardService.Proto.V1;
using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.LocalHosting.Tests;

/// <summary>The dashboard as a child; the test host plays it.</summary>
public sealed partial class DashboardTests
{
    private static readonly string Built = $"--{DashboardResource.AssemblyKey}={TestHost.Assembly}";

    [Fact]
    public async Task TheDashboard_IsGivenWhatItNeeds_AndTheOthersSendTheirTelemetryToIt()
    {
        await using var app = await RunningApplication.StartAsync(
            new TemporaryDirectory(),
            builder =>
            {
                builder.AddService("service");
                builder.Services.AddSingleton<IRunStatus>(new Status());
            },
            Built,
            "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317",
            "--OTEL_EXPORTER_OTLP_HEADERS=key=value");
        await using var service = new ResourceServiceClient(app);
        var dashboard = await service.SaysAsync("dashboard", resource => resource.State == "Running" && resource.IsHealthy());
        var login = app.Endpoints().GetProperty("dashboard").GetString()!;
        Assert.Matches(LoginUrl(), login);
        await app.SeesAsync($"Dashboard: {login}");

        var given = dashboard.Environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        Assert.Equal("BrowserToken", given["DASHBOARD__FRONTEND__AUTHMODE"]);
        Assert.Equal($"{given["ASPNETCORE_URLS"]}/login?t={given["DASHBOARD__FRONTEND__BROWSERTOKEN"]}", login);
        Assert.Equal(app.Endpoints().GetProperty("resourceService").GetProperty("url").GetString(), given["DOTNET_RESOURCE_SERVICE_ENDPOINT_URL"]);
        Assert.Equal(app.Endpoints().GetProperty("resourceService").GetProperty("apiKey").GetString(), given["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]);
        Assert.Equal(("http://127.0.0.1:4317", "key=value"), (given["Dashboard__Otlp__ForwardTo"], given["Dashboard__Otlp__ForwardHeaders"]));
        Assert.Equal(("http://query", ""), (given["Dashboard__Pipeline__Url"], given["OTEL_EXPORTER_OTLP_ENDPOINT"]));
        Assert.True(dashboard.IsHidden);
        Assert.Equal(["resource-restart"], dashboard.Commands.Where(command => command.State == ResourceCommandState.Enabled).Select(command => command.Name));
        Assert.Equal(3, dashboard.Urls.Count);
        Assert.Contains($"DASHBOARD__OTLP__PRIMARYAPIKEY={given["DASHBOARD__OTLP__PRIMARYAPIKEY"]}", app.Terminal, StringComparison.Ordinal);

        var child = (await service.SaysAsync("service", resource => resource.State == "Running")).Environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        Assert.Equal(given["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"], child["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", child["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal($"x-otlp-api-key={given["DASHBOARD__OTLP__PRIMARYAPIKEY"]}", child["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal(3, new HashSet<string> { given["DASHBOARD__FRONTEND__BROWSERTOKEN"], given["DASHBOARD__OTLP__PRIMARYAPIKEY"], given["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] }.Count);
        Assert.DoesNotContain(given["DASHBOARD__FRONTEND__BROWSERTOKEN"], await File.ReadAllTextAsync(app.Folder.File("data/logs/apphost.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADashboardThatDies_IsStartedAgain_AndTheOthersRunOn()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddService("service"), Built);
        await using var service = new ResourceServiceClient(app);
        var other = (await service.SaysAsync("service", resource => resource.State == "Running" && resource.IsHealthy())).Property(ResourceProperties.Pid);
        var first = (await service.SaysAsync("dashboard", resource => resource.State == "Running" && resource.IsHealthy())).Property(ResourceProperties.Pid)!;

        using (var process = Process.GetProcessById(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture)))
            process.Kill();

        await service.SaysAsync("dashboard", resource => resource.State == "Running" && resource.IsHealthy() && resource.Property(ResourceProperties.Pid) != first);
        Assert.Equal(other, service["service"]!.Property(ResourceProperties.Pid));
        Assert.True(app.Endpoints().GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task ADashboardThatNeverComesUp_HoldsNothingUp()
    {
        using var folder = new TemporaryDirectory();
        var broken = folder.File("Broken.dll");
        await File.WriteAllTextAsync(broken, "no assembly", TestContext.Current.CancellationToken);
        await using var app = await RunningApplication.StartAsync(
            new TemporaryDirectory(), builder => builder.AddService("service"), $"--{DashboardResource.AssemblyKey}={broken}");
        await using var service = new ResourceServiceClient(app);

        await app.SeesAsync("Everything is up.");
        await service.SaysAsync("dashboard", resource => resource.State == "Exited" && resource.Reason().Contains("restart", StringComparison.Ordinal));
        Assert.True(app.Endpoints().GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task WithNone_ThereIsNoDashboard_AndTheResourceServiceIsThereForAnother()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddService("service"), Built, "--AppHost:Dashboard=none");
        await using var service = new ResourceServiceClient(app);

        var child = await service.SaysAsync("service", resource => resource.State == "Running" && resource.IsHealthy());

        Assert.Equal(System.Text.Json.JsonValueKind.Null, app.Endpoints().GetProperty("dashboard").ValueKind);
        Assert.Null(service["dashboard"]);
        Assert.DoesNotContain(child.Environment, variable => variable.Name == "OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    [Theory]
    [InlineData("--AppHost:Dashboard=embedded", "AppHost:Dashboard is embedded, but this AppHost was built without a dashboard: AppHost:DashboardAssembly is missing.")]
    [InlineData("--AppHost:DashboardAssembly=/nowhere/Dashboard.dll", "The dashboard is not built: /nowhere/Dashboard.dll is missing. Build Dashboard, or set AppHost:Dashboard to none.")]
    public async Task ADashboardThatCannotBeHad_IsSaidAtTheStart(string argument, string message)
    {
        using var folder = new TemporaryDirectory();
        await using var app = RunningApplication.CreateBuilder(folder, argument).Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task TelemetryThatIsToBePassedOnByAnotherProtocol_IsSaidAtTheStart()
    {
        using var folder = new TemporaryDirectory();
        await using var app = RunningApplication.CreateBuilder(
            folder, Built, "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf").Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("OTEL_EXPORTER_OTLP_PROTOCOL is \"http/protobuf\";", error.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("^http://127\\.0\\.0\\.1:[0-9]+/login\\?t=[0-9a-f]{32}$")]
    private static partial Regex LoginUrl();

    private sealed class Status : IRunStatus
    {
        public IReadOnlyList<string> NextSteps => [];

        public IReadOnlyDictionary<string, string> DashboardEnvironment { get; } = new Dictionary<string, string> { ["Dashboard__Pipeline__Url"] = "http://query" };

        public ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
    }
}
