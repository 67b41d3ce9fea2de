using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>The dashboard as the AppHost starts it: from its bin folder, told by its environment.</summary>
internal sealed partial class DashboardProcess : IAsyncDisposable
{
    public const string Token = "0123456789abcdef0123456789abcdef";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private DashboardProcess(Process process) => _process = process;

    public string Url { get; private set; } = string.Empty;

    public string Output => string.Join('\n', _output);

    public int ExitCode => _process.ExitCode;

    public static Dictionary<string, string> Environment(string? resources = null, string? pipeline = null) => new()
    {
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
        ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = Token,
        ["DOTNET_RESOURCE_SERVICE_ENDPOINT_URL"] = resources ?? string.Empty,
        ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = FakeAppHost.ApiKey,
        ["Dashboard__Pipeline__Url"] = pipeline ?? string.Empty,
    };

    /// <summary>Runs until it listens.</summary>
    public static async Task<DashboardProcess> StartAsync(Dictionary<string, string> environment)
    {
        var dashboard = Launch(environment);
        await Eventually.TrueAsync("The dashboard listens", () => Listening().IsMatch(dashboard.Output) || dashboard._process.HasExited);
        Assert.False(dashboard._process.HasExited, $"The dashboard ended at its start:\n{dashboard.Output}");
        dashboard.Url = Listening().Match(dashboard.Output).Groups["url"].Value;
        return dashboard;
    }

    /// <summary>Runs to its end; for what must not start.</summary>
    public static async Task<DashboardProcess> RunAsync(Dictionary<string, string> environment)
    {
        var dashboard = Launch(environment);
        await dashboard.EndAsync();
        return dashboard;
    }

    /// <summary>SIGTERM, as the AppHost ends it. Returns how long it took.</summary>
    public async Task<TimeSpan> TerminateAsync()
    {
        var started = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await EndAsync();
        return started.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static DashboardProcess Launch(Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Checkout.Output("Dashboard"), "StockAspire.Dashboard.dll")])
        {
            // Where it is started from must not matter.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("DASHBOARD__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var dashboard = new DashboardProcess(new Process { StartInfo = start });
        dashboard._process.OutputDataReceived += (_, line) => dashboard._output.Enqueue(line.Data ?? string.Empty);
        dashboard._process.ErrorDataReceived += (_, line) => dashboard._output.Enqueue(line.Data ?? string.Empty);
        dashboard._process.Start();
        dashboard._process.BeginOutputReadLine();
        dashboard._process.BeginErrorReadLine();
        return dashboard;
    }

    private async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await _process.WaitForExitAsync(limit.Token);
    }

    [GeneratedRegex(@"Dashboard on (?<url>http://\S+)")]
    private static partial Regex Listening();
}
