using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.LocalHosting.Tests;

/// <summary>An application in this process, on dynamic ports, with its terminal as text.</summary>
internal sealed class RunningApplication : IAsyncDisposable
{
    private readonly SynchronizedWriter _terminal = new();
    private readonly DistributedApplication _app;

    private RunningApplication(TemporaryDirectory folder, Action<IDistributedApplicationBuilder> describe, string[] args)
    {
        Folder = folder;
        var builder = CreateBuilder(folder, args);
        builder.Services.AddSingleton(new RunConsole(_terminal, isTerminal: false, isColoured: false, () => 80));
        describe(builder);
        _app = builder.Build();
    }

    public DistributedApplication App => _app;

    public TemporaryDirectory Folder { get; }

    public string Terminal => _terminal.ToString();

    public string EndpointsPath => Folder.File("data/endpoints.json");

    public static IDistributedApplicationBuilder CreateBuilder(TemporaryDirectory folder, params string[] args) =>
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = [$"--AppHost:DataDirectory={folder.File("data")}", "--AppHost:Ports=dynamic", .. args],
            ProjectDirectory = folder.Path,
        });

    public static async Task<RunningApplication> StartAsync(
        TemporaryDirectory folder, Action<IDistributedApplicationBuilder> describe, params string[] args)
    {
        var running = new RunningApplication(folder, describe, args);
        await running._app.StartAsync(TestContext.Current.CancellationToken);
        return running;
    }

    public Task SeesAsync(string text) =>
        Eventually.BecomesAsync($"\"{text}\" in the terminal", () => Terminal, terminal => terminal.Contains(text, StringComparison.Ordinal));

    public JsonElement Endpoints()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(EndpointsPath));
        return document.RootElement.Clone();
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Keeps the beginning: what children write without end is not for it.</summary>
    private sealed class SynchronizedWriter : StringWriter
    {
        private const int LengthMax = 1 << 20;

        private readonly Lock _gate = new();

        public override Task WriteLineAsync(string? value)
        {
            lock (_gate)
            {
                if (GetStringBuilder().Length < LengthMax)
                    base.WriteLine(value);
            }
            return Task.CompletedTask;
        }

        public override string ToString()
        {
            lock (_gate)
                return base.ToString();
        }
    }
}
