using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.DashboardService.Proto.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WireResource = Aspire.DashboardService.Proto.V1.Resource;

namespace StockAspire.LocalHosting.Tests;

/// <summary>
/// Children that go wrong in each way that children do. However they do, the AppHost answers, and what it says of them
/// is true. How soon is printed; the aim is 5 s.
/// </summary>
public sealed class ProcessCareTests
{
    private const int SigStop = 19;
    private const int SigContinue = 18;

    [Fact]
    public async Task Killed_ItIsSaidToHaveEndedBySignal9_AndRunsAgain()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddService("victim"));
        await using var service = new ResourceServiceClient(app);
        var pid = Pid(await HealthyAsync(service, "victim"));
        var since = Stopwatch.GetTimestamp();

        using (var process = Process.GetProcessById(pid))
            process.Kill();

        var ended = await service.SaysAsync("victim", resource => resource.State == "Exited");
        Report("killed", since);
        Assert.Equal(("137", "was ended by signal 9; restart 1 in 250 ms", "error"), (ended.Property("resource.exitCode"), ended.Reason(), ended.StateStyle));
        var again = await HealthyAsync(service, "victim");
        Assert.NotEqual(pid, Pid(again));
        Assert.Equal("1", again.Property(ResourceProperties.Restarts));
        Assert.Contains(await service.ConsoleAsync("victim"), line => line.Text.EndsWith("[apphost] was ended by signal 9; restart 1 in 250 ms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Frozen_ItIsSaidToBeUnhealthy_UntilItGoesOn_AndCanBeStoppedAllTheSame()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The numbers of SIGSTOP and SIGCONT are Linux's.");
            return;
        }
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddService("victim"));
        await using var service = new ResourceServiceClient(app);
        var pid = Pid(await HealthyAsync(service, "victim"));
        var since = Stopwatch.GetTimestamp();

        Assert.Equal(0, Native.Kill(pid, SigStop));
        var frozen = await service.SaysAsync("victim", resource => !resource.IsHealthy());
        Report("frozen", since);
        Assert.Equal(("Running", "warning", "no answer within 2.5 s"), (frozen.State, frozen.StateStyle, frozen.HealthReports[0].Description));

        Assert.Equal(0, Native.Kill(pid, SigContinue));
        await HealthyAsync(service, "victim");

        Assert.Equal(0, Native.Kill(pid, SigStop));
        Assert.Equal(ResourceCommandResponseKind.Succeeded, (await service.ExecuteAsync("victim", "resource-stop")).Kind);
        var killed = await service.SaysAsync("victim", resource => resource.State == "Exited");
        Assert.Equal("did not stop within 10 s and was killed", killed.Reason());
    }

    [Theory]
    [InlineData("echo the store is gone >&2; exit 3", "3", "ended with exit code 3; its last error: the store is gone; restart ")]
    [InlineData("exit 0", "0", "ended with exit code 0; restart ")]
    public async Task RefusingToRun_ItIsSaidHowItEnds_AndThatItIsTriedAgain(string script, string exitCode, string reason)
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddExecutable("victim", "sh", ".", "-c", script));
        var since = Stopwatch.GetTimestamp();
        await using var service = new ResourceServiceClient(app);

        var ended = await service.SaysAsync("victim", resource => resource.State == "Exited" && resource.Reason().Contains("restart", StringComparison.Ordinal));

        Report($"refusing with {exitCode}", since);
        Assert.Equal(exitCode, ended.Property("resource.exitCode"));
        Assert.StartsWith(reason, ended.Reason(), StringComparison.Ordinal);
        await service.SaysAsync("victim", resource => resource.Property(ResourceProperties.Restarts) is "2");
    }

    [Fact]
    public async Task RefusingTenTimesInARow_ItIsGivenUp_AndSaidSo_UntilSomebodyStartsIt()
    {
        using var folder = new TemporaryDirectory();
        var mended = folder.File("mended");
        var time = new FakeTimeProvider();
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.AddExecutable("victim", "sh", ".", "-c", $"[ -e {mended} ] || exit 3; while :; do sleep 0.05; done");
        });
        await using var service = new ResourceServiceClient(app);

        // Time passes only between two runs, so that none of them lasts.
        var given = await service.SaysAsync("victim", resource =>
        {
            if (resource.State == "Exited")
                time.Advance(TimeSpan.FromMilliseconds(250));
            return resource.Reason().Contains("given up", StringComparison.Ordinal);
        });

        Assert.Equal(("Exited", "ended with exit code 3; given up after 10 restarts in a row"), (given.State, given.Reason()));
        Assert.Equal("10", given.Property(ResourceProperties.Restarts));
        Assert.Contains("victim ended with exit code 3. Given up after 10 restarts in a row; start it again by hand.", app.Terminal, StringComparison.Ordinal);
        await File.WriteAllTextAsync(mended, "", TestContext.Current.CancellationToken);
        await service.ExecuteAsync("victim", "resource-start");
        await service.SaysAsync("victim", resource => resource.State == "Running");
    }

    [Fact]
    public async Task NoSuchProgram_IsSaidToHaveFailedToStart()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddExecutable("victim", "no-such-program-here", "."));
        await using var service = new ResourceServiceClient(app);

        var failed = await service.SaysAsync("victim", resource => resource.State == "FailedToStart");

        Assert.StartsWith("could not be started (", failed.Reason(), StringComparison.Ordinal);
        Assert.Null(failed.Property("resource.exitCode"));
    }

    [Fact]
    public async Task ItsPortStolenBetweenTwoRuns_ItIsSaidSo_AndItRunsOnceThePortIsFree()
    {
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder => builder.AddService("victim"));
        await using var service = new ResourceServiceClient(app);
        await HealthyAsync(service, "victim");
        var port = new Uri(app.Endpoints().GetProperty("victim").GetProperty("http").GetString()!).Port;
        await service.ExecuteAsync("victim", "resource-stop");

        using (var thief = new TcpListener(IPAddress.Loopback, port))
        {
            thief.Start();
            var since = Stopwatch.GetTimestamp();
            Assert.Equal(ResourceCommandResponseKind.Succeeded, (await service.ExecuteAsync("victim", "resource-start")).Kind);

            var failed = await service.SaysAsync("victim", resource => resource.State == "Exited" && resource.Reason().Contains("restart", StringComparison.Ordinal));
            Report("port stolen", since);
            Assert.Contains("its last error: Unhandled exception. ", failed.Reason(), StringComparison.Ordinal);
            Assert.Contains("Address already in use", failed.Reason(), StringComparison.Ordinal);
        }
        await HealthyAsync(service, "victim");
    }

    [Fact]
    public async Task FloodingItsOutput_ItCostsBoundedMemoryAndDisk_AndNobodyWaitsForIt()
    {
        const int Megabytes = 100;
        const string LastLine = "01000000 xxx";
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            builder.AddService("flood", "flood", Megabytes.ToString(CultureInfo.InvariantCulture));
            builder.AddService("quiet");
        });
        await using var service = new ResourceServiceClient(app);
        await service.SaysAsync("flood", resource => resource.State == "Running");
        var since = Stopwatch.GetTimestamp();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // A watcher that never reads, and questions all the while.
        using var stuck = service.Client.WatchResourceConsoleLogs(new WatchResourceConsoleLogsRequest { ResourceName = "flood" }, service.Call);
        var slowest = TimeSpan.Zero;
        var answers = 0;
        while (!(await TailAsync(app)).Contains(LastLine, StringComparison.Ordinal))
        {
            var asked = Stopwatch.GetTimestamp();
            await service.Client.GetApplicationInformationAsync(new ApplicationInformationRequest(), service.Call);
            slowest = Stopwatch.GetElapsedTime(asked) > slowest ? Stopwatch.GetElapsedTime(asked) : slowest;
            answers++;
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(4), "The flood does not end.");
        }
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Report($"{Megabytes} MB of output; {answers} questions meanwhile, the slowest answer {slowest.TotalMilliseconds:0} ms; memory grew by {grown >> 20} MiB", since);

        Assert.InRange(grown, long.MinValue, 64L << 20);
        var kept = new DirectoryInfo(app.Folder.File("data/logs")).GetFiles("flood*.log").Sum(file => file.Length);
        Assert.InRange(kept, RotatingLog.DefaultSizeMax, 3 * RotatingLog.DefaultSizeMax);
        await HealthyAsync(service, "quiet");
        await HealthyAsync(service, "flood");

        // One message was on its way to the watcher; then it is told what it has missed, and has the end.
        var lines = new List<ConsoleLogLine>();
        while (!lines.Any(line => line.Text.Contains(LastLine, StringComparison.Ordinal)) && await stuck.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            lines.AddRange(stuck.ResponseStream.Current.LogLines);
        Assert.Contains(lines, line => line.Text.Contains(" lines came faster than they were read here", StringComparison.Ordinal));
        Assert.InRange(lines[^1].LineNumber, 1_000_000, 1_000_010);
        Assert.Equal(lines.Select(line => line.LineNumber).Order(), lines.Select(line => line.LineNumber));
    }

    /// <summary>The end of the flood's log: cheap to ask for, however long the log.</summary>
    private static async Task<string> TailAsync(RunningApplication app)
    {
        const int Length = 4_096;
        try
        {
            await using var file = new FileStream(app.Folder.File("data/logs/flood.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(Length, file.Length), SeekOrigin.End);
            using var reader = new StreamReader(file);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (FileNotFoundException)
        {
            // Between two files.
            return "";
        }
    }

    private static Task<WireResource> HealthyAsync(ResourceServiceClient service, string name) =>
        service.SaysAsync(name, resource => resource.State == "Running" && resource.IsHealthy());

    private static int Pid(WireResource resource) => int.Parse(resource.Property(ResourceProperties.Pid)!, CultureInfo.InvariantCulture);

    private static void Report(string what, long since) =>
        TestContext.Current.SendDiagnosticMessage("{0}: told after {1:0} ms", what, Stopwatch.GetElapsedTime(since).TotalMilliseconds);
}
