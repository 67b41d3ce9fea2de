namespace StockAspire.Ingest;

internal static partial class IngestLog
{
    [LoggerMessage(3000, LogLevel.Warning, "The Kafka producer failed with {Code}: {Reason}. Its successor comes in {DelayMs} ms and gets everything unacknowledged again")]
    public static partial void ProducerFailed(ILogger logger, string code, string reason, long delayMs);

    [LoggerMessage(3001, LogLevel.Warning, "Waiting for Kafka: {Reason}. Trying again in {DelayMs} ms")]
    public static partial void WaitingForKafka(ILogger logger, string reason, long delayMs);

    [LoggerMessage(3002, LogLevel.Information, "Ready: topics and seals are known")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(3003, LogLevel.Information, "Source {Source}: a stream of epoch {Epoch} opened at sequence {Next}")]
    public static partial void StreamOpened(ILogger logger, string source, ulong epoch, ulong next);

    [LoggerMessage(3004, LogLevel.Information, "Source {Source}: the stream ended before sequence {Next}: {Reason}")]
    public static partial void StreamEnded(ILogger logger, string source, ulong next, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Stopping: everything taken in is acknowledged")]
    public static partial void Drained(ILogger logger);

    [LoggerMessage(3006, LogLevel.Warning, "Stopping without the acknowledgements of what was taken in last: not within {DrainMs} ms")]
    public static partial void NotDrained(ILogger logger, long drainMs);

    [LoggerMessage(3007, LogLevel.Error, "Source {Source}: the session failed")]
    public static partial void SessionFailed(ILogger logger, Exception exception, string source);
}
