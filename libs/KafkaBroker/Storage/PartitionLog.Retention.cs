using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Storage;

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

            if (target > _logStartOffset)
            {
                _logStartOffset = target;
                SaveLogStart();
                RemoveBeforeStart();
            }

            return (ErrorCode.None, _logStartOffset);
        }
    }

    /// <summary>Removes sealed segments that are older or more than the topic keeps (cleanup.policy=delete).</summary>
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

            var before = _logStartOffset;
            while (_segments.Count > 1 && _segments[1].BaseOffset <= VisibleEnd && (IsExpired(_segments[0], nowMs) || IsSurplus()))
            {
                _logStartOffset = Math.Max(_logStartOffset, _segments[1].BaseOffset);
                Remove(_segments[0]);
            }

            if (_logStartOffset != before)
            {
                SaveLogStart();
                BrokerLog.RetentionApplied(_logger, Name, _logStartOffset);
            }
        }
    }

    private bool IsExpired(Segment segment, long nowMs) =>
        Config.RetentionMs >= 0 && segment.MaxTimestamp >= 0 && nowMs - segment.MaxTimestamp > Config.RetentionMs;

    private bool IsSurplus() => Config.RetentionBytes >= 0 && _segments.Sum(s => s.Size) - _segments[0].Size >= Config.RetentionBytes;

    private void RemoveBeforeStart()
    {
        while (_segments.Count > 1 && _segments[1].BaseOffset <= _logStartOffset)
        {
            Remove(_segments[0]);
        }
    }

    private void Remove(Segment segment)
    {
        _segments.Remove(segment);
        _unflushed.Remove(segment);
        segment.Delete();
    }
}
