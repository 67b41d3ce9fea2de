using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace StockAspire.LocalHosting.Tests;

/// <summary>An AppHost as a process of its own, ended in the ways that people and machines end it.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly List<Process> _hosts = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledWithoutACatch_ItLeavesNoChild_AndTheNextRunGoesOn(bool stubborn)
    {
        var host = Start("--AppHost:Ports=dynamic", $"--Stubborn={(stubborn ? "true" : "false")}");
        var children = await ReadyAsync(host);

        host.Kill();

        foreach (var child in children)
            await Eventually.TrueAsync($"the end of child {child} after its AppHost's", () => !IsRunning(child));
        Assert.True(File.Exists(EndpointsPath));
        Assert.NotEqual(children, await ReadyAsync(Start("--AppHost:Ports=dynamic")));
    }

    [Fact]
    public async Task StartedAgainAtOnceAfterAKill_ItWaitsForTheChildrenOfTheLastRun()
    {
        var host = Start("--AppHost:Ports=dynamic", "--Stubborn=true");
        var children = await ReadyAsync(host);

        host.Kill();
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);
        await ReadyAsync(Start("--AppHost:Ports=dynamic"));

        Assert.DoesNotContain(children, IsRunning);
    }

    [Fact]
    public async Task Terminated_ItStopsItsChildren_AndExitsWith0()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There is no SIGTERM on Windows.");
            return;
        }
        var host = Start("--AppHost:Ports=dynamic");
        var children = await ReadyAsync(host);

        Assert.Equal(0, Native.Kill(host.Id, Native.SigTerm));
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, host.ExitCode);
        Assert.DoesNotContain(children, IsRunning);
        Assert.False(File.Exists(EndpointsPath));
        Assert.Contains("drained", await File.ReadAllLinesAsync(_folder.File("data/logs/second.log"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhenDotNetRunInFrontOfItIsKilled_ItStopsEverything()
    {
        var launcher = Start("launch", "--AppHost:Ports=dynamic");
        var children = await ReadyAsync(launcher, isLauncher: true);

        launcher.Kill();

        await Eventually.TrueAsync("the end of the AppHost", () => !File.Exists(EndpointsPath));
        Assert.DoesNotContain(children, IsRunning);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATestThatRunsIt_EndsBySignalsAsEver_AndLeavesNoChild(bool killed)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no signals on Windows.");
            return;
        }
        var test = Start("test");
        var children = await ReadyAsync(test);

        Assert.Equal(0, Native.Kill(test.Id, killed ? Native.SigKill : Native.SigTerm));

        await test.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (var child in children)
            await Eventually.TrueAsync($"the end of child {child} after the test's", () => !IsRunning(child));
    }

    [Fact]
    public async Task ATakenPort_IsOneLineOnStderr_AndExitCode1()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var host = Start($"--AppHost:Endpoints:first:tcp={port}");
        var error = await host.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, host.ExitCode);
        Assert.StartsWith($"error: Port {port} on 127.0.0.1 is taken; resource 'first' needs it", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--help", 0, "usage: dotnet run --project AppHost")]
    [InlineData("--AppHost:Ports=three", 1, "error: AppHost:Ports is \"three\"")]
    public async Task HelpAndWrongArguments_StartNothing(string argument, int exitCode, string says)
    {
        var host = Start(argument);
        var said = await host.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            + await host.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, host.ExitCode);
        Assert.Contains(says, said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            host.Kill(entireProcessTree: true);
            host.WaitForExit();
            host.Dispose();
        }
        _folder.Dispose();
    }

    private string EndpointsPath => _folder.File("data/endpoints.json");

    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [TestHost.Assembly, .. args, $"--AppHost:DataDirectory={_folder.File("data")}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var host = Process.Start(start)!;
        _hosts.Add(host);
        return host;
    }

    /// <summary>Waits until all of this host's children are up; returns their pids.</summary>
    private async Task<List<int>> ReadyAsync(Process host, bool isLauncher = false)
    {
        List<int>? pids = null;
        await Eventually.TrueAsync(
            "the AppHost ready",
            () =>
            {
                Assert.False(host.HasExited, "The AppHost has ended.");
                if (!File.Exists(EndpointsPath))
                    return false;
                using var document = JsonDocument.Parse(File.ReadAllText(EndpointsPath));
                var root = document.RootElement;
                if ((root.GetProperty("pid").GetInt32() != host.Id && !isLauncher) || !root.GetProperty("ready").GetBoolean())
                    return false;
                pids = [.. root.GetProperty("pids").EnumerateObject().Select(pid => pid.Value.GetInt32())];
                return pids.Count == 2;
            });

        // Healthy is running, for a child without a check; its guard is in place once its Main is reached.
        await Eventually.TrueAsync(
            "the children say that they wait",
            () => ((string[])["first", "second"]).All(name => File.ReadAllText(_folder.File($"data/logs/{name}.log")).Contains("waiting", StringComparison.Ordinal)));
        return pids!;
    }

    private static bool IsRunning(int pid)
    {
        // A zombie counts as ended: whoever adopted it has only not looked yet.
        var path = $"/proc/{pid}/stat";
        try
        {
            return File.Exists(path) && !File.ReadAllText(path).Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
