using System.Diagnostics;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>The real executable, in a process of its own.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;
    private bool _disposed;
    private string[] _startErrors = [];
    private Task<string> _output = Task.FromResult("");

    private BrokerProcess(Process process) => _process = process;

    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "stockaspire-broker.exe" : "stockaspire-broker");

    public int Id => _process.Id;

    /// <summary>The first line that it logged.</summary>
    public string StartLine { get; private set; } = "";

    /// <summary>Starts the broker and waits until it says that it listens.</summary>
    public static async Task<BrokerProcess> StartAsync(int port, string data, string fsync = "interval", params string[] more)
    {
        var broker = new BrokerProcess(Start(["--port", $"{port}", "--data", data, "--fsync", fsync, .. more]));
        var lines = new List<string>();
        do
        {
            // Before it listens it may tell of what it recovered.
            var line = await broker._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(line is not null, $"The broker ended: {string.Join('\n', lines)}");
            lines.Add(line);
        }
        while (!lines[^1].Contains("listens on ", StringComparison.Ordinal));
        Assert.Contains($"listens on 127.0.0.1:{port}", lines[^1], StringComparison.Ordinal);
        broker.StartLine = lines[^1];
        broker._startErrors = [.. lines.Where(IsError)];
        broker._output = broker._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return broker;
    }

    /// <summary>Starts the broker and kills it after the delay, wherever its start has come to by then.</summary>
    public static async Task StartAndKillAsync(TimeSpan delay, int port, string data, string fsync)
    {
        using var broker = new BrokerProcess(Start("--port", $"{port}", "--data", data, "--fsync", fsync));
        broker._output = broker._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await Task.WhenAny(broker._process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(delay));
        await broker.KillAsync();
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

    /// <summary>All that the process logged after its start, once it has ended.</summary>
    public Task<string> OutputAsync() => _output;

    /// <summary>What the process logged as errors, once it has ended.</summary>
    public async Task<string[]> ErrorsAsync() => [.. _startErrors, .. (await _output).Split('\n').Where(IsError)];

    /// <summary>Kills the process with SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the process where it is (SIGSTOP): when this returns, no thread of it runs but in the system, for the disk.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("STOP");
        while (Directory.GetDirectories($"/proc/{_process.Id}/task").Any(t => StateOf(t) is not ('T' or 'D')))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        // pid (name) state ...; the name may hold anything.
        static char StateOf(string thread) => File.ReadAllText(Path.Combine(thread, "stat")) is var stat ? stat[stat.LastIndexOf(')') + 2] : default;
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", $"-{signal} {_process.Id}");
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static bool IsError(string line) => line.StartsWith("fail: ", StringComparison.Ordinal) || line.StartsWith("crit: ", StringComparison.Ordinal);

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }
}
