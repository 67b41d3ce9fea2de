using System.Diagnostics;

namespace StockAspire.LocalHosting;

/// <summary>
/// One run of one child. The write end of its standard input is held here and never written to: its closing, however
/// this process ends, is what tells the child to stop (<see cref="StartupHook"/>).
/// </summary>
internal sealed class ResourceProcess : IDisposable
{
    /// <summary>A grandchild may hold the output open after the child's end; its output is not waited for.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <summary>What .NET writes before the stack trace of what ended it.</summary>
    private const string UnhandledException = "Unhandled exception.";

    private readonly Process _process;
    private readonly Task _output;

    private ResourceProcess(Process process, Action<string, bool> emit)
    {
        _process = process;
        Pid = process.Id;
        _output = Task.WhenAll(
            LinePump.RunAsync(process.StandardOutput.BaseStream, line => emit(line, false)),
            LinePump.RunAsync(process.StandardError.BaseStream, line =>
            {
                if (!string.IsNullOrWhiteSpace(line) && LastError?.StartsWith(UnhandledException, StringComparison.Ordinal) is not true)
                    LastError = line;
                emit(line, true);
            }));
    }

    internal int Pid { get; }

    /// <summary>The last line on standard error, or the one above a stack trace: mostly why the child ended.</summary>
    internal string? LastError { get; private set; }

    /// <param name="command">What is run.</param>
    /// <param name="plan">With what.</param>
    /// <param name="emit">Takes each line, and whether it came from standard error; from two threads at once.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such executable, or it may not be run.</exception>
    internal static ResourceProcess Start(ProcessCommand command, LaunchPlan plan, Action<string, bool> emit)
    {
        var start = new ProcessStartInfo(command.FileName)
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Arguments.Concat(plan.Arguments))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in plan.Environment)
            start.Environment[name] = value;
        var hooks = start.Environment.TryGetValue("DOTNET_STARTUP_HOOKS", out var present) && present is { Length: > 0 }
            ? present + Path.PathSeparator
            : "";
        start.Environment["DOTNET_STARTUP_HOOKS"] = hooks + typeof(StartupHook).Assembly.Location;
        return new ResourceProcess(Process.Start(start)!, emit);
    }

    /// <summary>The exit code; 128 + the signal's number where a signal ended it.</summary>
    internal async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await Task.WhenAny(_output, Task.Delay(OutputGrace, CancellationToken.None));
        return _process.ExitCode;
    }

    /// <summary>Asks the child to stop, and kills it if it has not within <paramref name="grace"/>.</summary>
    /// <returns>Whether it ended by itself.</returns>
    internal async Task<bool> StopAsync(TimeSpan grace)
    {
        if (OperatingSystem.IsWindows())
            _process.StandardInput.Close();
        else if (!_process.HasExited)
            _ = Native.Kill(Pid, Native.SigTerm);

        using var limit = new CancellationTokenSource(grace);
        try
        {
            await WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            Kill();
            await WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    internal void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended and is disposed of meanwhile.
        }
    }

    public void Dispose() => _process.Dispose();
}
