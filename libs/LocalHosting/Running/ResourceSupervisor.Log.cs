using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

internal sealed partial class ResourceSupervisor
{
    [LoggerMessage(2001, LogLevel.Information, "{Resource} started, pid {Pid}")]
    private static partial void LogStarted(ILogger logger, string resource, int pid);

    [LoggerMessage(2002, LogLevel.Information, "{Resource} is healthy after {ElapsedMs:0} ms")]
    private static partial void LogHealthy(ILogger logger, string resource, double elapsedMs);

    [LoggerMessage(2003, LogLevel.Warning, "{Resource} is not healthy: {Reason}")]
    private static partial void LogUnhealthy(ILogger logger, string resource, string reason);

    [LoggerMessage(2004, LogLevel.Error, "{Resource} {Outcome}. Restart {Attempt} in {DelayMs:0} ms; its log is {LogPath}")]
    private static partial void LogRestart(ILogger logger, string resource, string outcome, double delayMs, int attempt, string logPath);

    [LoggerMessage(2005, LogLevel.Information, "{Resource} has stopped")]
    private static partial void LogStopped(ILogger logger, string resource);

    [LoggerMessage(2006, LogLevel.Warning, "{Resource} did not stop within {GraceSeconds:0} s and was killed")]
    private static partial void LogKilled(ILogger logger, string resource, double graceSeconds);

    [LoggerMessage(2008, LogLevel.Critical, "The supervision of {Resource} failed; stopping everything")]
    private static partial void LogFailed(ILogger logger, string resource, Exception exception);

    [LoggerMessage(2009, LogLevel.Error, "{Resource} {Outcome}. Given up after {Restarts} restarts in a row; start it again by hand. Its log is {LogPath}")]
    private static partial void LogGivenUp(ILogger logger, string resource, string outcome, int restarts, string logPath);

    [LoggerMessage(2015, LogLevel.Information, "{Resource} {Outcome}")]
    private static partial void LogTaskEnded(ILogger logger, string resource, string outcome);

    [LoggerMessage(2016, LogLevel.Error, "{Resource} is not started: {Reason}")]
    private static partial void LogNeverStarted(ILogger logger, string resource, string reason);
}
