using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace StockAspire.Otlp.Forwarding;

internal sealed partial class Forwarder
{
    [LoggerMessage(12000, LogLevel.Information, "Telemetry goes on to {Address} as well")]
    private static partial void LogStarted(ILogger logger, Uri address);

    [LoggerMessage(12001, LogLevel.Warning, "{Count} items of {Signal} were refused by the next receiver with {Status}: {Reason}. More like these are dropped and counted without a word")]
    private static partial void LogRefused(ILogger logger, int count, Signal signal, StatusCode status, string reason);

    [LoggerMessage(12002, LogLevel.Debug, "The next receiver answers {Status}; tried again in {DelayMs} ms")]
    private static partial void LogRetry(ILogger logger, StatusCode status, long delayMs);

    [LoggerMessage(12003, LogLevel.Warning, "The next receiver is away ({Status}: {Reason}); up to {QueueMiB} MiB wait for it, and what is more is dropped and counted")]
    private static partial void LogAway(ILogger logger, StatusCode status, string reason, int queueMiB);

    [LoggerMessage(12004, LogLevel.Information, "The next receiver takes telemetry again; {Count} items were dropped while it was away")]
    private static partial void LogThere(ILogger logger, long count);
}
