using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>
/// <c>dotnet run</c> is a process of its own in front of this one. Whoever kills that one with -9 means the application;
/// so where this process was started by a <c>dotnet</c>, it stops when that is gone. A shell may leave, as with nohup.
/// </summary>
internal static partial class LauncherWatch
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    internal static async Task RunAsync(IHostApplicationLifetime lifetime, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var launcher = Native.GetParentProcessId();
        var name = $"/proc/{launcher}/comm";
        if (!File.Exists(name) || (await File.ReadAllTextAsync(name, cancellationToken)).Trim() != "dotnet")
            return;
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (Native.GetParentProcessId() == launcher)
                continue;
            LogLauncherGone(logger, launcher);
            lifetime.StopApplication();
            return;
        }
    }

    [LoggerMessage(2021, LogLevel.Warning, "dotnet run, pid {Pid}, is gone; stopping")]
    private static partial void LogLauncherGone(ILogger logger, int pid);
}
