using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore.Cassandra;

internal static partial class CassandraLog
{
    [LoggerMessage(10000, LogLevel.Information, "Tick store {Store} made: layout {Layout}, buckets of {BucketWidth}")]
    public static partial void Made(ILogger logger, CassandraAddress store, string layout, TimeSpan bucketWidth);

    [LoggerMessage(10001, LogLevel.Information, "Tick store {Store} reached in datacenter {Datacenter}: {Replicas} copies of each row, consistency {Consistency}")]
    public static partial void Reached(ILogger logger, CassandraAddress store, string datacenter, int replicas, string consistency);

    [LoggerMessage(10002, LogLevel.Warning, "Tick store {Store} may lose what it acknowledges: {Reasons}")]
    public static partial void MayLose(ILogger logger, CassandraAddress store, string reasons);

    [LoggerMessage(10003, LogLevel.Information, "Whether nodes of {Store} write to disk before they acknowledge is not known: {Reason}")]
    public static partial void SyncUnknown(ILogger logger, CassandraAddress store, string reason);

    [LoggerMessage(10004, LogLevel.Warning, "Ticks in {Store} expire {Expiry} after they are written, not after their event time: verify will call them missing then, and one that is delivered again lives on from then")]
    public static partial void Expires(ILogger logger, CassandraAddress store, TimeSpan expiry);

    [LoggerMessage(10005, LogLevel.Warning, "Store:Retention is {Configured}, but the ticks in {Store} were made with {Expiry}, and that holds (00:00:00 is for ever): ALTER TABLE ticks WITH default_time_to_live = {ConfiguredSeconds} for what is written from then on, or change the setting")]
    public static partial void OtherRetention(ILogger logger, CassandraAddress store, TimeSpan configured, TimeSpan expiry, long configuredSeconds);
}
