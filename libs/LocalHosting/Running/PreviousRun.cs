using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>
/// The children of an orchestrator that was killed end by themselves within seconds; until then they hold the ports and
/// the data that the next run needs.
/// </summary>
internal static partial class PreviousRun
{
    /// <summary>Twice what <see cref="StartupHook"/> gives a child, and some for a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <exception cref="DistributedApplicationException">One of them does not end.</exception>
    internal static async Task WaitForEndAsync(EndpointsFile file, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var pids = file.PidsOfLastRun();
        var started = time.GetTimestamp();
        var written = File.Exists(file.Path) ? File.GetLastWriteTime(file.Path) : DateTime.MinValue;
        foreach (var pid in pids)
        {
            var told = false;
            while (IsAlive(pid, written))
            {
                if (!told)
                    LogWaiting(logger, pid);
                told = true;
                if (time.GetElapsedTime(started) > Patience)
                    throw new DistributedApplicationException($"Process {pid} of the previous run on this data directory still runs; end it first.");
                await Task.Delay(Look, time, cancellationToken);
            }
        }
    }

    /// <summary>A process that began after the file was written has only inherited the number.</summary>
    private static bool IsAlive(int pid, DateTime written)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited && process.StartTime <= written;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    [LoggerMessage(2020, LogLevel.Information, "Waiting for process {Pid} of the previous run to end")]
    private static partial void LogWaiting(ILogger logger, int pid);
}
