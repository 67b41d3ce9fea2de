using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace StockAspire.Otlp.Forwarding;

internal sealed partial class Forwarder
{
    [LoggerMessage(12000, LogLevel.Information, "Telemetry goes on to {Address} as well")]
    private static partial void LogStarted(ILogger logger, Uri address);

    [LoggerMessage(12001, LogLevel.Warning, "{Count} items of {Signal} were refused by the next receiver: {Reason}")]
    private static partial void LogRefused(ILogger logger, int count, Signal signal, string reason);

    [LoggerMessage(12002, LogLevel.Debug, "The next receiver answers {Status}; tried again in {DelayMs} ms")]
    private static partial void LogRetry(ILogger logger, StatusCode status, long delayMs);
}
