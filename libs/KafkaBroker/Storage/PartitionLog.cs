using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// The log of one partition: segments of raw record batches, of which the last is active. All members are thread-safe. Appends
/// are serial under one lock; reads take it only to find their place. Offsets may have gaps after compaction.
/// </summary>
internal sealed partial class PartitionLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Segment> _segments = [];
    private readonly List<AppendSignal> _signals = [];
    private readonly string _directory;
    private readonly LogSurroundings _broker;
    private readonly FsyncMode _fsync;
    private ProducerStates _producers = new();
    private TopicConfig _config;
    private long _logStartOffset;
    private long _activeSinceMs;
    private bool _closed;
    private volatile bool _appendFailed;
    private volatile bool _flushFailed;

    private PartitionLog(string name, string directory, TopicConfig config, LogSurroundings broker)
    {
        Name = name;
        _directory = directory;
        _config = config;
        _broker = broker;
        _fsync = broker.Fsync;
    }

    /// <summary>Topic and partition, for logs: <c>ticks-3</c>.</summary>
    public string Name { get; }

    public TopicConfig Config
    {
        get => Volatile.Read(ref _config);
        set => Volatile.Write(ref _config, value);
    }

    public long LogStartOffset
    {
        get
        {
            lock (_gate)
            {
                return _logStartOffset;
            }
        }
    }

    /// <summary>The offset up to which consumers read: the end of the log, or what is flushed of it in fsync mode commit.</summary>
    public long HighWatermark
    {
        get
        {
            lock (_gate)
            {
                return VisibleEnd;
            }
        }
    }

    /// <summary>Whether the last append or the last flush failed: the disk is full or failing.</summary>
    public bool IsFailing => _appendFailed || _flushFailed;

    /// <summary>Bytes of all segments.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
            {
                return _segments.Sum(s => s.Size);
            }
        }
    }

    /// <summary>Whether the log was closed, or deleted with its topic.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    /// <summary>The greatest producer id that this partition remembers; 0 where there is none.</summary>
    public long GreatestProducerId
    {
        get
        {
            lock (_gate)
            {
                return _producers.GreatestId;
            }
        }
    }

    private Segment Active => _segments[^1];

    private long NextOffset => Active.NextOffset;

    private long VisibleEnd => _fsync == FsyncMode.Commit ? _flushed.NextOffset : NextOffset;

    private long NowMs => _broker.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Appends one validated batch, which it patches in place. When this returns without error the bytes are with the operating
    /// system, so that the end of this process loses nothing; see <see cref="WaitForFlushAsync"/> for more.
    /// </summary>
    public AppendResult Append(Span<byte> batch, in BatchHeader header)
    {
        AppendResult result;
        lock (_gate)
        {
            if (_closed)
            {
                return AppendResult.Failed(ErrorCode.UnknownTopicOrPartition, $"{Name} is being closed or deleted.");
            }

            try
            {
                if (_mustCut)
                {
                    CutUnflushed();
                }

                result = CheckAndWrite(batch, header);
                _appendFailed = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _appendFailed = true;
                BrokerLog.AppendFailed(_broker.Logger, Name, e);
                return AppendResult.Failed(ErrorCode.KafkaStorageError, e.Message);
            }
        }

        if (_fsync == FsyncMode.Commit)
        {
            StartFlushing();
        }
        else
        {
            SignalReaders();
        }

        return result;
    }

    /// <summary>Has <paramref name="signal"/> set whenever readers may find more, until <see cref="Unsubscribe"/>.</summary>
    public void Subscribe(AppendSignal signal)
    {
        lock (_signals)
        {
            _signals.Add(signal);
        }
    }

    public void Unsubscribe(AppendSignal signal)
    {
        lock (_signals)
        {
            _signals.Remove(signal);
        }
    }

    /// <summary>
    /// Flushes and closes the log so that the next start needs no scan; waiting readers are woken. False where the flush failed:
    /// then the next start has to look at what is there.
    /// </summary>
    public bool Close()
    {
        var flushed = _fsync == FsyncMode.None || TryFlush();
        lock (_gate)
        {
            if (_closed)
            {
                return flushed;
            }

            _closed = true;
            TrySaveIndex(Active, flushed && _fsync != FsyncMode.None);
            TrySaveProducers();
        }

        Dispose();
        return flushed;
    }

    /// <summary>Serves no more, but keeps its files open: its topic is about to be deleted.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    /// <summary>Serves again: the topic could not be deleted.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _closed = false;
        }

        StartFlushing();
    }

    /// <summary>Closes the log and frees its disk space.</summary>
    public void Delete()
    {
        Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Lets go of the files as they are, as the end of the process would.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var segment in _segments)
            {
                segment.Dispose();
            }
        }

        FailFlushWaiters(new ObjectDisposedException(Name));
        SignalReaders();
    }

    private AppendResult CheckAndWrite(Span<byte> batch, in BatchHeader header)
    {
        switch (_producers.Check(header, out var firstDelivery, out var timestamp))
        {
            case SequenceCheck.Duplicate:
                // Kafka, too, tells the first delivery's timestamp here, whosever it is.
                return new AppendResult(ErrorCode.None, null, firstDelivery, firstDelivery + header.RecordCount, timestamp, _logStartOffset, _cutCount);
            case SequenceCheck.OutOfOrder:
                return AppendResult.Failed(ErrorCode.OutOfOrderSequenceNumber, $"Sequence {header.BaseSequence} of producer {header.ProducerId} does not continue {Name}.");
            case SequenceCheck.StaleEpoch:
                return AppendResult.Failed(ErrorCode.InvalidProducerEpoch, $"Epoch {header.ProducerEpoch} of producer {header.ProducerId} has been superseded.");
        }

        var nowMs = NowMs;
        var baseOffset = NextOffset;
        BatchHeader.Assign(batch, baseOffset, leaderEpoch: 0);
        if (_config.StampsAppendTime)
        {
            BatchHeader.StampAppendTime(batch, nowMs);
        }
        else if (header.HasAppendTime)
        {
            BatchHeader.ClearAppendTime(batch);
        }

        var assigned = header with { BaseOffset = baseOffset, MaxTimestamp = _config.StampsAppendTime ? nowMs : header.MaxTimestamp };
        if (MustRoll(batch.Length, assigned, nowMs))
        {
            Roll();
        }

        Active.Append(batch, assigned);
        _producers.Remember(assigned, nowMs);
        return new AppendResult(ErrorCode.None, null, baseOffset, assigned.NextOffset, _config.StampsAppendTime ? nowMs : -1, _logStartOffset, _cutCount);
    }

    /// <summary>
    /// Time counts by the records' own timestamps, from the first batch of the segment, as in Kafka: so a segment of old data that
    /// is loaded quickly spans no more time than one that was written live. Without timestamps the broker's clock counts.
    /// </summary>
    private bool MustRoll(int size, in BatchHeader header, long nowMs)
    {
        if (Active.Size == 0)
        {
            return false;
        }

        var age = Active.FirstTimestamp >= 0 ? header.MaxTimestamp - Active.FirstTimestamp : nowMs - _activeSinceMs;
        return Active.Size + size > _config.SegmentBytes || header.NextOffset - Active.BaseOffset > int.MaxValue || age > _config.SegmentMs;
    }

    /// <summary>Seals the active segment and starts a new one; when that throws, nothing has changed.</summary>
    private void Roll()
    {
        var next = Segment.Create(_directory, NextOffset, _broker.Cache);
        TrySaveProducers();
        if (_fsync == FsyncMode.None)
        {
            TrySaveIndex(Active, flushed: false);
            Active.Seal();
        }
        else
        {
            _unflushed.Add(Active);
            _mustFlushNames = true;
        }

        _segments.Add(next);
        _activeSinceMs = NowMs;
        BrokerLog.SegmentRolled(_broker.Logger, Name, next.BaseOffset);
    }

    private void TrySaveIndex(Segment segment, bool flushed) => TrySave(() => segment.SaveIndex(flushed));

    private void TrySaveProducers() => TrySave(SaveProducers);

    /// <summary>
    /// Writes what spares recovery the reading of the log. All of it can be had from the log again: a full disk costs a start some
    /// time, nothing else.
    /// </summary>
    private void TrySave(Action save)
    {
        try
        {
            save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BrokerLog.StateNotSaved(_broker.Logger, Name, e);
        }
    }

    private void SignalReaders()
    {
        lock (_signals)
        {
            foreach (var signal in _signals)
            {
                signal.Set();
            }
        }
    }
}
