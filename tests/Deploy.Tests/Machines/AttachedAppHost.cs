using System.Text;
using System.Text.Json;
using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>The AppHost on engines that it does not own, with a data folder of its own, and the command-line tool that finds it there.</summary>
internal sealed class AttachedAppHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder;
    private readonly ServiceProcess _process;
    private readonly StringBuilder _kept = new();

    private AttachedAppHost(TemporaryFolder folder, ServiceProcess process)
    {
        _folder = folder;
        _process = process;
    }

    /// <summary>The terminal, all logs, and as they were when it was ready: endpoints.json and the command lines of all processes.</summary>
    public string EverythingSaid =>
        _process.Output + _kept + string.Concat(Directory.EnumerateFiles(_folder["data/logs"]).Select(File.ReadAllText));

    public static AttachedAppHost Start(IReadOnlyDictionary<string, string> environment)
    {
        var folder = new TemporaryFolder();
        string[] commandLine =
        [
            "/usr/bin/env", "dotnet", Path.Combine(Checkout.Output("AppHost"), "StockAspire.AppHost.dll"),
            $"--AppHost:DataDirectory={folder["data"]}", "--AppHost:Ports=dynamic",
        ];
        return new AttachedAppHost(folder, ServiceProcess.Start(commandLine, Checkout.Root, environment));
    }

    public async Task BecomesReadyAsync()
    {
        var file = _folder["data/endpoints.json"];
        await Eventually.TrueAsync(
            "the AppHost ready",
            () =>
            {
                Assert.False(_process.HasExited, $"The AppHost ended.\n{_process.Output}");
                using var json = JsonDocument.Parse(File.ReadAllText(file));
                return json.RootElement.GetProperty("ready").GetBoolean();
            },
            Limit);
        using var endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        _kept.Append(endpoints.RootElement.GetRawText());
        foreach (var pid in endpoints.RootElement.GetProperty("pids").EnumerateObject())
        {
            _kept.Append(await File.ReadAllTextAsync($"/proc/{pid.Value.GetInt32()}/cmdline", TestContext.Current.CancellationToken));
        }
    }

    /// <summary>What <c>stockaspire</c> prints, which succeeds.</summary>
    public async Task<string> CommandLineAsync(params string[] arguments) => (await RunAsync(arguments)).Succeeded();

    /// <summary>What <c>stockaspire verify --all</c> prints once everything is stored.</summary>
    public async Task<string> VerifyAsync() =>
        (await Eventually.BecomesAsync("everything verified", () => RunAsync("verify", "--all"), result => result.ExitCode == 0, Limit)).Output;

    public Task<int> EndAsync() => _process.EndAsync("SIGTERM", Limit);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => Command.RunAsync(
        "/usr/bin/env", ["dotnet", Path.Combine(Checkout.Output("Cli"), "stockaspire.dll"), .. arguments, "--data", _folder["data"]]);
}
