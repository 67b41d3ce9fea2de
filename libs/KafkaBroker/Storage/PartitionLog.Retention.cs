using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Storage;

// A full disk must not stand in the way of what makes room: segments go first, and the file that tells the log's start is
// written afterwards. A crash in between leaves a start at the first segment that is left, which is what was asked for or less.
internal sealed partial class PartitionLog
{
    /// <summary>Moves the log's start to <paramref name="offset"/> (-1: the high watermark); segments wholly before it are removed.</summary>
    public (ErrorCode Error, long LogStartOffset) DeleteRecords(long offset)
    {
        lock (_gate)
        {
            var target = offset == -1 ? VisibleEnd : offset;
            if (_closed)
            {
                return (ErrorCode.UnknownTopicOrPartition, -1);
            }

            if (target < 0 || target > VisibleEnd)
            {
                return (ErrorCode.OffsetOutOfRange, -1);
            }

            try
            {
                if (target == NextOffset && Active.Size > 0)
                {
                    Roll();
                }

                AdvanceStart(target);
                return (ErrorCode.None, _logStartOffset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                BrokerLog.MaintenanceFailed(_broker.Logger, Name, e);
                return (ErrorCode.KafkaStorageError, -1);
            }
        }
    }

    /// <summary>Removes segments that are older or more than the topic keeps (cleanup.policy=delete), the active one too if it is too old.</summary>
    public void ApplyRetention()
    {
        lock (_gate)
        {
            if (_closed || !Config.Deletes)
            {
                return;
            }

            var nowMs = NowMs;
            if (Active.Size > 0 && _segments.TrueForAll(s => IsExpired(s, nowMs)))
            {
                Roll();
            }

            var surplus = Config.RetentionBytes < 0 ? -1 : _segments.Sum(s => s.Size) - Config.RetentionBytes;
            var keep = 0;
            while (keep < _segments.Count - 1 && _segments[keep + 1].BaseOffset <= VisibleEnd && (IsExpired(_segments[keep], nowMs) || surplus >= _segments[keep].Size))
            {
                surplus -= _segments[keep].Size;
                keep++;
            }

            if (keep > 0)
            {
                AdvanceStart(_segments[keep].BaseOffset);
                BrokerLog.RetentionApplied(_broker.Logger, Name, _logStartOffset);
            }
        }
    }

    /// <summary>By the newest record; where records bear no time, by when the file was last written, as in Kafka.</summary>
    private bool IsExpired(Segment segment, long nowMs) =>
        Config.RetentionMs >= 0
        && segment.Size > 0
        && nowMs - (segment.MaxTimestamp >= 0 ? segment.MaxTimestamp : new DateTimeOffset(File.GetLastWriteTimeUtc(segment.Path)).ToUnixTimeMilliseconds()) > Config.RetentionMs;

    private void AdvanceStart(long target)
    {
        while (_segments.Count > 1 && _segments[1].BaseOffset <= target)
        {
            Remove(_segments[0]);
        }

        var start = Math.Max(target, _logStartOffset);
        if (start != _logStartOffset)
        {
            SaveLogStart(start);
            _logStartOffset = start;
        }
    }

    private void Remove(Segment segment)
    {
        _segments.Remove(segment);
        _unflushed.Remove(segment);
        if (segment.BaseOffset == _flushedBase)
        {
            (_flushedBase, _flushed) = (_segments[0].BaseOffset, new SegmentSummary(0, _segments[0].BaseOffset, -1));
        }

        _logStartOffset = Math.Max(_logStartOffset, _segments[0].BaseOffset);
        segment.Delete();
    }
}
