using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace StockAspire.LocalHosting.Tests;

/// <summary>Real processes; <c>sh</c> plays the services.</summary>
public sealed class OrchestratorTests
{
    private const string Wait = "while :; do sleep 0.05; done";

    [Fact]
    public async Task AResource_StartsOnlyWhenWhatItWaitsForIsHealthy()
    {
        EndpointReference? web = null;
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var first = builder.AddExecutable("first", "sh", ".", "-c", Wait).WithHttpEndpoint(name: "http").WithHttpHealthCheck("/health");
            builder.AddExecutable("second", "sh", ".", "-c", Wait).WaitFor(first);
            web = first.GetEndpoint("http");
        });
        await app.SeesAsync("first started");
        Assert.False(app.Endpoints().GetProperty("ready").GetBoolean());

        using var listener = new HttpListener();
        listener.Prefixes.Add(web!.Url + "/");
        listener.Start();
        var answering = AnswerAsync(listener);
        await app.SeesAsync("Everything is up.");

        var lines = app.Terminal;
        Assert.InRange(lines.IndexOf("first is healthy", StringComparison.Ordinal), 0, lines.IndexOf("second started", StringComparison.Ordinal));
        Assert.True(app.Endpoints().GetProperty("ready").GetBoolean());
        listener.Stop();
        await answering;
    }

    [Fact]
    public async Task ACrash_IsExplained_AndRestartedLaterEachTime()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
            builder.AddExecutable("crash", "sh", ".", "-c", "echo working; echo boom >&2; exit 3"));

        await app.SeesAsync("crash ended with exit code 3; its last error: boom. Restart 1 in 250 ms; its log is ");
        await app.SeesAsync("crash ended with exit code 3; its last error: boom. Restart 2 in 500 ms; its log is ");
        Assert.Equal(["boom", "working"], File.ReadLines(app.Folder.File("data/logs/crash.log")).Take(2).Order(StringComparer.Ordinal));
        Assert.Contains("\ncrash   | working", app.Terminal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingExecutable_IsExplained_AndTriedAgain()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
            builder.AddExecutable("absent", "no-such-program-here", "."));

        await app.SeesAsync("absent could not be started (");
        await app.SeesAsync("Restart 2 in 500 ms");
    }

    [Fact]
    public async Task AKilledProcess_IsStartedAgain_AndEndpointsJsonHasItsNewPid()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
            builder.AddExecutable("victim", "sh", ".", "-c", Wait).WithEndpoint(name: "tcp"));
        await app.SeesAsync("victim is healthy");
        var first = Pid(app, "victim")!.Value;

        using (var process = Process.GetProcessById(first))
            process.Kill();

        await app.SeesAsync("victim was ended by signal 9. Restart 1 in 250 ms");
        await Eventually.BecomesAsync("another process of the victim", () => Pid(app, "victim"), pid => pid is { } second && second != first);
        Assert.Equal(Environment.ProcessId, app.Endpoints().GetProperty("pid").GetInt32());
        Assert.StartsWith("tcp://127.0.0.1:", app.Endpoints().GetProperty("victim").GetProperty("tcp").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_GoesAgainstTheOrderOfDependencies_AndLetsEachDrain()
    {
        using var evidence = new TemporaryDirectory();
        var path = evidence.File("stopped");
        string[] Script(string name) => ["-c", $"trap 'sleep 0.2; echo {name} >> {path}; exit 0' TERM; echo {name} ready; {Wait}"];
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var broker = builder.AddExecutable("broker", "sh", ".", Script("broker"));
            var sink = builder.AddExecutable("sink", "sh", ".", Script("sink")).WaitFor(broker);
            builder.AddExecutable("query", "sh", ".", Script("query")).WaitFor(sink).WaitFor(broker);
        });
        foreach (var name in (string[])["broker", "sink", "query"])
            await app.SeesAsync($"{name} ready");

        await app.StopAsync();

        Assert.Equal(["query", "sink", "broker"], File.ReadLines(path));
        Assert.False(File.Exists(app.EndpointsPath));
        Assert.DoesNotContain("Restart", app.Terminal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondApplicationOnTheSameData_IsRefused_NamingTheFirst()
    {
        await using var first = await RunningApplication.StartAsync(new TemporaryDirectory(), _ => { });
        await using var second = RunningApplication.CreateBuilder(first.Folder).Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith(
            $"Another AppHost, pid {Environment.ProcessId}, runs on the data directory {first.Folder.File("data")}.", error.Message, StringComparison.Ordinal);
    }

    private static int? Pid(RunningApplication app, string name) =>
        app.Endpoints().GetProperty("pids").TryGetProperty(name, out JsonElement pid) ? pid.GetInt32() : null;

    private static async Task AnswerAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
