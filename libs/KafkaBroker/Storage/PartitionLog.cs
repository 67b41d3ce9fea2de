using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// The log of one partition: segments of raw record batches, of which the last is active. All members are thread-safe. Appends
/// are serial under one lock; reads take it only to find their place. Offsets may have gaps after compaction.
/// </summary>
internal sealed partial class PartitionLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Segment> segments = [];
    private readonly List<AppendSignal> signals = [];
    private readonly string directory;
    private readonly FsyncMode fsync;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private ProducerStates producers = new();
    private TopicConfig config;
    private long logStartOffset;
    private bool closed;

    private PartitionLog(string name, string directory, TopicConfig config, FsyncMode fsync, TimeProvider time, ILogger logger)
    {
        Name = name;
        this.directory = directory;
        this.config = config;
        this.fsync = fsync;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Topic and partition, for logs: <c>ticks-3</c>.</summary>
    public string Name { get; }

    public TopicConfig Config
    {
        get => Volatile.Read(ref config);
        set => Volatile.Write(ref config, value);
    }

    public long LogStartOffset
    {
        get
        {
            lock (gate)
            {
                return logStartOffset;
            }
        }
    }

    /// <summary>The offset up to which consumers read: the end of the log, or what is flushed of it in fsync mode commit.</summary>
    public long HighWatermark
    {
        get
        {
            lock (gate)
            {
                return VisibleEnd;
            }
        }
    }

    /// <summary>Bytes of all segments.</summary>
    public long Size
    {
        get
        {
            lock (gate)
            {
                return segments.Sum(s => s.Size);
            }
        }
    }

    private Segment Active => segments[^1];

    private long NextOffset => Active.NextOffset;

    private long VisibleEnd => fsync == FsyncMode.Commit ? flushedOffset : NextOffset;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Appends one validated batch, which it patches in place. When this returns without error the bytes are with the operating
    /// system, so that the end of this process loses nothing; see <see cref="WaitForFlushAsync"/> for more.
    /// </summary>
    public AppendResult Append(Span<byte> batch, in BatchHeader header)
    {
        AppendResult result;
        lock (gate)
        {
            if (closed)
            {
                return AppendResult.Failed(ErrorCode.UnknownTopicOrPartition, $"{Name} is being closed or deleted.");
            }

            switch (producers.Check(header, out var firstDelivery))
            {
                case SequenceCheck.Duplicate:
                    return new AppendResult(ErrorCode.None, null, firstDelivery, firstDelivery + header.RecordCount, -1, logStartOffset);
                case SequenceCheck.OutOfOrder:
                    return AppendResult.Failed(ErrorCode.OutOfOrderSequenceNumber, $"Sequence {header.BaseSequence} of producer {header.ProducerId} does not continue {Name}.");
                case SequenceCheck.StaleEpoch:
                    return AppendResult.Failed(ErrorCode.InvalidProducerEpoch, $"Epoch {header.ProducerEpoch} of producer {header.ProducerId} has been superseded.");
            }

            try
            {
                result = Write(batch, header);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                BrokerLog.AppendFailed(logger, Name, e);
                return AppendResult.Failed(ErrorCode.KafkaStorageError, e.Message);
            }
        }

        if (fsync == FsyncMode.Commit)
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
        lock (signals)
        {
            signals.Add(signal);
        }
    }

    public void Unsubscribe(AppendSignal signal)
    {
        lock (signals)
        {
            signals.Remove(signal);
        }
    }

    /// <summary>Flushes and closes the log so that the next start needs no scan; waiting readers are woken.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            closed = true;
            if (fsync != FsyncMode.None)
            {
                Active.Flush();
            }

            Active.SaveIndex();
            SaveProducers();
        }

        Dispose();
    }

    /// <summary>Closes the log and frees its disk space.</summary>
    public void Delete()
    {
        lock (gate)
        {
            closed = true;
        }

        Dispose();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Lets go of the files as they are, as the end of the process would.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            foreach (var segment in segments)
            {
                segment.Dispose();
            }
        }

        FailFlushWaiters(new ObjectDisposedException(Name));
        SignalReaders();
    }

    private AppendResult Write(Span<byte> batch, in BatchHeader header)
    {
        var nowMs = NowMs;
        var baseOffset = NextOffset;
        BatchHeader.Assign(batch, baseOffset, leaderEpoch: 0);
        if (config.StampsAppendTime)
        {
            BatchHeader.StampAppendTime(batch, nowMs);
        }

        var assigned = header with { BaseOffset = baseOffset, MaxTimestamp = config.StampsAppendTime ? nowMs : header.MaxTimestamp };
        if (MustRoll(batch.Length, assigned, nowMs))
        {
            Roll();
        }

        if (Active.Size == 0)
        {
            Active.FirstAppendMs = nowMs;
        }

        Active.Append(batch, assigned);
        producers.Remember(assigned, nowMs);
        return new AppendResult(ErrorCode.None, null, baseOffset, assigned.NextOffset, config.StampsAppendTime ? nowMs : -1, logStartOffset);
    }

    private bool MustRoll(int size, in BatchHeader header, long nowMs) =>
        Active.Size > 0
        && (Active.Size + size > config.SegmentBytes
            || header.NextOffset - Active.BaseOffset > int.MaxValue
            || nowMs - Active.FirstAppendMs > config.SegmentMs);

    /// <summary>Seals the active segment: its index and the producers' state go to disk, so that recovery starts after it.</summary>
    private void Roll()
    {
        Active.SaveIndex();
        SaveProducers();
        if (fsync != FsyncMode.None)
        {
            unflushed.Add(Active);
        }

        segments.Add(Segment.Create(directory, NextOffset));
        BrokerLog.SegmentRolled(logger, Name, Active.BaseOffset);
    }

    private void SignalReaders()
    {
        lock (signals)
        {
            foreach (var signal in signals)
            {
                signal.Set();
            }
        }
    }
}
