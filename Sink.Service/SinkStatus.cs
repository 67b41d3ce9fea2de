namespace StockAspire.Sink;

/// <summary>Where one assigned partition stands.</summary>
/// <param name="Lag">Records behind the end of the partition that are not stored yet.</param>
/// <param name="OldestUnixMs">Kafka timestamp of the oldest record taken in and not stored, ms since the Unix epoch.</param>
internal sealed record PartitionProgress(int Partition, long Lag, long? OldestUnixMs);

/// <summary>What the Sink is doing, for health checks, metrics and logs. Thread-safe.</summary>
internal sealed class SinkStatus(TimeProvider time, ILogger<SinkStatus> logger)
{
    private readonly Lock _lock = new();
    private string? _waitingFor = "the start";
    private string? _storeFault;
    private long _storeFailedAt;
    private volatile PartitionProgress[] _partitions = [];

    /// <summary>What keeps the Sink from consuming; null once partitions have been assigned.</summary>
    public string? WaitingFor => Volatile.Read(ref _waitingFor);

    /// <summary>Why the store takes no rows now; null while it does.</summary>
    public string? StoreFault => Volatile.Read(ref _storeFault);

    public IReadOnlyList<PartitionProgress> Partitions
    {
        get => _partitions;
        set => _partitions = [.. value];
    }

    public void WaitFor(string what) => Volatile.Write(ref _waitingFor, what);

    public void Assigned() => Volatile.Write(ref _waitingFor, null);

    public void StoreFailed(Exception exception)
    {
        lock (_lock)
        {
            if (_storeFault is null)
            {
                _storeFailedAt = time.GetTimestamp();
                SinkLog.StoreFailed(logger, exception);
            }

            _storeFault = exception.Message;
        }
    }

    public void StoreAnswered()
    {
        // Read first: this is called for every batch, and almost always nothing has changed.
        if (StoreFault is null)
        {
            return;
        }

        lock (_lock)
        {
            if (_storeFault is not null)
            {
                _storeFault = null;
                SinkLog.StoreBack(logger, (long)time.GetElapsedTime(_storeFailedAt).TotalMilliseconds);
            }
        }
    }
}
