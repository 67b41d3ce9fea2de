namespace StockAspire.Sink;

internal static partial class SinkLog
{
    [LoggerMessage(4000, LogLevel.Information, "Sink {Instance} consumes {Topic}; epoch {TopicEpoch} of the topic, batches of {BatchRows} rows")]
    public static partial void Started(ILogger logger, string instance, string topic, int topicEpoch, int batchRows);

    [LoggerMessage(4001, LogLevel.Warning, "Waiting for {What}: {Reason}")]
    public static partial void Waiting(ILogger logger, string what, string reason);

    [LoggerMessage(4002, LogLevel.Information, "Partitions assigned: {Partitions}")]
    public static partial void Assigned(ILogger logger, string partitions);

    [LoggerMessage(4003, LogLevel.Information, "Partitions revoked: {Partitions}; all that was read is stored: {IsDrained}")]
    public static partial void Revoked(ILogger logger, string partitions, bool isDrained);

    [LoggerMessage(4004, LogLevel.Warning, "Partitions lost: {Partitions}; what is not committed will be read again")]
    public static partial void Lost(ILogger logger, string partitions);

    [LoggerMessage(4005, LogLevel.Warning, "The store takes no rows; tried again until it does")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(4006, LogLevel.Information, "The store takes rows again, after {DownMs} ms")]
    public static partial void StoreBack(ILogger logger, long downMs);

    [LoggerMessage(4007, LogLevel.Warning, "{Count} dead letters from partition {Partition}, offsets {FirstOffset} up to {NextOffset}")]
    public static partial void DeadLettered(ILogger logger, int count, int partition, long firstOffset, long nextOffset);

    [LoggerMessage(4008, LogLevel.Warning, "A dead letter waits: {Reason}")]
    public static partial void DeadLetterDelayed(ILogger logger, string reason);

    [LoggerMessage(4009, LogLevel.Warning, "Kafka: {Reason}")]
    public static partial void ConsumeFailed(ILogger logger, string reason);

    [LoggerMessage(4010, LogLevel.Warning, "Offsets not committed, tried again: {Reason}")]
    public static partial void CommitFailed(ILogger logger, string reason);

    [LoggerMessage(4011, LogLevel.Debug, "Partition {Partition} {State} at offset {Offset}")]
    public static partial void Flow(ILogger logger, int partition, string state, long offset);

    [LoggerMessage(4012, LogLevel.Critical, "The sink cannot go on: {Reason}")]
    public static partial void CannotGoOn(ILogger logger, string reason);

    [LoggerMessage(4013, LogLevel.Information, "Sink stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(4014, LogLevel.Error, "Member {Instance} was fenced ({Reason}): it joins again when that member is gone, as after an absence of Kafka; if it stays, another Sink has the same Sink:Instance, and this one ends")]
    public static partial void Fenced(ILogger logger, string instance, string reason);
}
