using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>The real executable, in a process of its own.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process) => _process = process;

    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "stockaspire-broker.exe" : "stockaspire-broker");

    public int Id => _process.Id;

    /// <summary>The first line that it logged.</summary>
    public string StartLine { get; private set; } = "";

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Starts the broker and waits until it says that it listens.</summary>
    public static async Task<BrokerProcess> StartAsync(int port, string data, string fsync = "interval")
    {
        var broker = new BrokerProcess(Start("--port", $"{port}", "--data", data, "--fsync", fsync));
        var line = await broker._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains($"listens on 127.0.0.1:{port}", line, StringComparison.Ordinal);
        broker.StartLine = line ?? "";
        _ = broker._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return broker;
    }

    /// <summary>Runs the executable to its end.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    public static async Task<(int ExitCode, string Output, string Error)> RunWithInputAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Kills the process with SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", $"-TERM {_process.Id}");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }
}
