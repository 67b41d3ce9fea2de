using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore;

internal static partial class TickStoreLog
{
    [LoggerMessage(6000, LogLevel.Information, "Tick store {Path} made: layout {Layout}, buckets of {BucketWidth}")]
    public static partial void Made(ILogger logger, string path, string layout, TimeSpan bucketWidth);

    [LoggerMessage(6001, LogLevel.Information, "Tick store {Path} opened (power loss survived: {SurvivePowerLoss})")]
    public static partial void Opened(ILogger logger, string path, bool survivePowerLoss);

    [LoggerMessage(6002, LogLevel.Warning, "A transaction of {Rows} rows was rolled back: {Reason}")]
    public static partial void RolledBack(ILogger logger, int rows, string reason);
}
