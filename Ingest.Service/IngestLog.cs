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

    [LoggerMessage(3005, LogLevel.Information, "Stopping: everything taken in is acknowledged")]
    public static partial void Drained(ILogger logger);

    [LoggerMessage(3006, LogLevel.Warning, "Stopping without the acknowledgements of what was taken in last: not within {DrainMs} ms")]
    public static partial void NotDrained(ILogger logger, long drainMs);

    [LoggerMessage(3008, LogLevel.Information, "Load {Source} of {Path} begins at sequence {Next}")]
    public static partial void LoadBegins(ILogger logger, string source, string path, ulong next);

    [LoggerMessage(3009, LogLevel.Information, "Load {Source} of {Path} ended: {State}, {Accepted} ticks, {Rejected} rejected")]
    public static partial void LoadEnded(ILogger logger, string source, string path, string state, ulong accepted, ulong rejected);

    [LoggerMessage(3010, LogLevel.Error, "Load {Source} of {Path} failed: {Reason}")]
    public static partial void LoadFailed(ILogger logger, string source, string path, string reason);

    [LoggerMessage(3011, LogLevel.Information, "Load {Source} is interrupted after {Accepted} ticks and goes on after the restart")]
    public static partial void LoadInterrupted(ILogger logger, string source, ulong accepted);

    [LoggerMessage(3012, LogLevel.Warning, "{Path}: rejected {Reject}")]
    public static partial void RowRejected(ILogger logger, string path, string reject);

    [LoggerMessage(3013, LogLevel.Error, "Feed {Feed} does not run: {Reason}")]
    public static partial void FeedRefused(ILogger logger, string feed, string reason);

    [LoggerMessage(3014, LogLevel.Information, "Feed {Feed} is done: {Source} is loaded")]
    public static partial void FeedDone(ILogger logger, string feed, string source);

    [LoggerMessage(3015, LogLevel.Warning, "Reading ticks.raw failed: {Reason}")]
    public static partial void RawReadFailed(ILogger logger, string reason);

    [LoggerMessage(3016, LogLevel.Warning, "Committing offsets of ticks.raw failed: {Reason}")]
    public static partial void RawCommitFailed(ILogger logger, string reason);
}
