using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

internal sealed partial class Orchestrator
{
    [LoggerMessage(2010, LogLevel.Information, "AppHost, pid {Pid}; data in {DataDirectory}, logs in {LogDirectory}")]
    private static partial void LogStarting(ILogger logger, int pid, string dataDirectory, string logDirectory);

    [LoggerMessage(2011, LogLevel.Information, "Stopping everything, with a drain; Ctrl+C again ends it at once")]
    private static partial void LogStopping(ILogger logger);

    [LoggerMessage(2012, LogLevel.Information, "Everything has stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(2013, LogLevel.Warning, "Killing everything")]
    private static partial void LogKilling(ILogger logger);

    [LoggerMessage(2014, LogLevel.Error, "{Path} could not be written ({Reason}); it is out of date")]
    private static partial void LogEndpointsNotWritten(ILogger logger, string path, string reason);
}
