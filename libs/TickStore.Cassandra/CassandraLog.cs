using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore.Cassandra;

internal static partial class CassandraLog
{
    [LoggerMessage(10000, LogLevel.Information, "Tick store {Store} made: layout {Layout}, buckets of {BucketWidth}")]
    public static partial void Made(ILogger logger, CassandraAddress store, string layout, TimeSpan bucketWidth);

    [LoggerMessage(10001, LogLevel.Information, "Tick store {Store} reached in datacenter {Datacenter}: {Replicas} copies of each row, consistency {Consistency}")]
    public static partial void Reached(ILogger logger, CassandraAddress store, string datacenter, int replicas, string consistency);

    [LoggerMessage(10002, LogLevel.Warning, "{Finding}")]
    public static partial void Warned(ILogger logger, string finding);

    [LoggerMessage(10003, LogLevel.Information, "Whether nodes of {Store} write to disk before they acknowledge is not known: {Reason}")]
    public static partial void SyncUnknown(ILogger logger, CassandraAddress store, string reason);
}
