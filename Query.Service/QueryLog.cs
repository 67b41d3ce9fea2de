namespace StockAspire.Query;

internal static partial class QueryLog
{
    [LoggerMessage(5000, LogLevel.Error, "Call {Method} failed")]
    public static partial void CallFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(5001, LogLevel.Information, "Tick store reached")]
    public static partial void StoreReached(ILogger logger);

    [LoggerMessage(5002, LogLevel.Warning, "Tick store cannot be reached: {Reason}")]
    public static partial void StoreDown(ILogger logger, string reason);

    [LoggerMessage(5003, LogLevel.Information, "Kafka reached: topic {Topic} has {Partitions} partitions")]
    public static partial void KafkaReached(ILogger logger, string topic, int partitions);

    [LoggerMessage(5004, LogLevel.Warning, "Kafka cannot be reached: {Reason}")]
    public static partial void KafkaDown(ILogger logger, string reason);

    [LoggerMessage(5005, LogLevel.Information, "Tail of topic {Topic} starts at the Sink's committed offsets, {Records} records before the end")]
    public static partial void TailStarted(ILogger logger, string topic, long records);

    [LoggerMessage(5006, LogLevel.Warning, "Tail of topic {Topic}: {Reason}")]
    public static partial void TailFailed(ILogger logger, string topic, string reason);

    [LoggerMessage(5007, LogLevel.Warning, "Record {Topic}/{Partition}/{Offset} is no block of ticks and was passed over: {Reason}")]
    public static partial void BadRecord(ILogger logger, string topic, int partition, long offset, string reason);
}
