using Confluent.Kafka;
using StockAspire.Market.Blocks;

namespace StockAspire.Sink;

/// <summary>What bounds one pipeline.</summary>
/// <param name="BatchRows">Rows at which a batch is full.</param>
/// <param name="BatchSize">Bytes of record values at which a batch is full.</param>
/// <param name="InFlight">Batches being written at a time.</param>
/// <param name="FlushInterval">Longest wait of a tick for its batch to fill.</param>
internal sealed record PipelineLimits(int BatchRows, long BatchSize, int InFlight, TimeSpan FlushInterval);

/// <summary>
/// One partition during one assignment of it: gathers records into batches, has them written, and moves the watermark.
/// A batch goes out when it is full or old, or at once when nothing of the partition is being written, so that a lone
/// tick does not wait and a flood makes large batches by itself. After <see cref="Abandon"/> nothing that is still
/// being written moves the watermark: it belongs to a generation that is over. Intake comes from one thread (the poll
/// thread, which owns the reader); everything else is thread-safe.
/// </summary>
internal sealed class PartitionPipeline(
    TopicPartition partition,
    int topicEpoch,
    PipelineLimits limits,
    Func<TickBatch, CancellationToken, Task> write,
    TickBlockReader reader,
    TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly OffsetWatermark _watermark = new();
    private readonly List<TickBatch> _inFlight = [];
    private readonly CancellationTokenSource _abandoned = new();

    // Set whenever a batch has ended, for the poll thread that waits for room or for the drain.
    private readonly ManualResetEventSlim _progress = new();
    private TickBatch? _filling;
    private bool _isDraining;
    private bool _isAbandoned;
    private Exception? _fault;

    public TopicPartition Partition => partition;

    /// <summary>Everything below this offset is stored; -1 while nothing is.</summary>
    public long StoredOffset
    {
        get
        {
            lock (_lock)
            {
                return _watermark.Next;
            }
        }
    }

    /// <summary>False once the next record would have to wait in memory behind a full batch: pause the partition.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return !IsFull(_filling);
            }
        }
    }

    /// <summary>What ended a write for good; the Sink cannot go on.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Kafka timestamp (ms since the Unix epoch) of the oldest record taken in and not stored; null if there is none.</summary>
    public long? OldestUnixMs
    {
        get
        {
            lock (_lock)
            {
                return _inFlight.Count > 0 ? _inFlight.Min(batch => batch.OldestUnixMs) : _filling?.OldestUnixMs;
            }
        }
    }

    /// <summary>Takes a record in. It is taken even without room: look at <see cref="HasRoom"/> afterwards.</summary>
    public void Append(ConsumeResult<byte[], byte[]> record)
    {
        lock (_lock)
        {
            _filling ??= new TickBatch(partition, topicEpoch) { BegunAt = time.GetTimestamp() };
            _filling.Add(record, reader);
            SendIfDue();
        }
    }

    /// <summary>Sends a batch that has waited long enough.</summary>
    public void Tend()
    {
        lock (_lock)
        {
            SendIfDue();
        }
    }

    /// <summary>Waits until there is room or <paramref name="patience"/> is over; whether there is room.</summary>
    public bool WaitForRoom(TimeSpan patience) => WaitFor(() => !IsFull(_filling), patience);

    /// <summary>Ends intake and waits until all that was taken in is stored; false if <paramref name="patience"/> was over before.</summary>
    public bool Drain(TimeSpan patience)
    {
        BeginDrain();
        return WaitFor(() => _inFlight.Count == 0 && _filling is null, patience);
    }

    /// <summary>Sends what waits, so that several pipelines drain at the same time.</summary>
    public void BeginDrain()
    {
        lock (_lock)
        {
            _isDraining = true;
            SendIfDue();
        }
    }

    /// <summary>The partition belongs to another: ends the writes, and drops what they still report.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            if (_isAbandoned)
            {
                return;
            }

            _isAbandoned = true;
            _filling?.Dispose();
            _filling = null;
        }

        _abandoned.Cancel();
    }

    /// <summary>Abandons it. The handles are left to the finalizers: a write that is ending may still look at them.</summary>
    public void Dispose() => Abandon();

    private bool IsFull(TickBatch? batch) => batch is not null && (batch.Rows.Length >= limits.BatchRows || batch.Size >= limits.BatchSize);

    private void SendIfDue()
    {
        if (_filling is not { } batch || _isAbandoned || _inFlight.Count >= limits.InFlight)
        {
            return;
        }

        if (_inFlight.Count == 0 || _isDraining || IsFull(batch) || time.GetElapsedTime(batch.BegunAt) >= limits.FlushInterval)
        {
            _filling = null;
            _watermark.Begin(batch.FirstOffset, batch.NextOffset);
            _inFlight.Add(batch);
            _ = Task.Run(() => WriteAsync(batch));
        }
    }

    private async Task WriteAsync(TickBatch batch)
    {
        var isStored = false;
        try
        {
            await write(batch, _abandoned.Token).ConfigureAwait(false);
            isStored = true;
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            // The next owner reads it again.
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _fault, exception);
        }

        lock (_lock)
        {
            _inFlight.Remove(batch);
            if (isStored && !_isAbandoned)
            {
                _watermark.Complete(batch.FirstOffset);
            }

            SendIfDue();
        }

        batch.Dispose();
        _progress.Set();
    }

    private bool WaitFor(Func<bool> condition, TimeSpan patience)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            _progress.Reset();
            lock (_lock)
            {
                if (condition())
                {
                    return true;
                }
            }

            var left = patience - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || Fault is not null || !_progress.Wait(left))
            {
                return false;
            }
        }
    }
}
