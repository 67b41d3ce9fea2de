using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    /// <summary>Moves the log's start to <paramref name="offset"/> (-1: the high watermark); segments wholly before it are removed.</summary>
    public (ErrorCode Error, long LogStartOffset) DeleteRecords(long offset)
    {
        lock (gate)
        {
            var target = offset == -1 ? VisibleEnd : offset;
            if (closed)
            {
                return (ErrorCode.UnknownTopicOrPartition, -1);
            }

            if (target < 0 || target > VisibleEnd)
            {
                return (ErrorCode.OffsetOutOfRange, -1);
            }

            if (target > logStartOffset)
            {
                logStartOffset = target;
                SaveLogStart();
                RemoveBeforeStart();
            }

            return (ErrorCode.None, logStartOffset);
        }
    }

    /// <summary>Removes sealed segments that are older or more than the topic keeps (cleanup.policy=delete).</summary>
    public void ApplyRetention()
    {
        lock (gate)
        {
            if (closed || !Config.Deletes)
            {
                return;
            }

            var nowMs = NowMs;
            if (Active.Size > 0 && segments.TrueForAll(s => IsExpired(s, nowMs)))
            {
                Roll();
            }

            var before = logStartOffset;
            while (segments.Count > 1 && segments[1].BaseOffset <= VisibleEnd && (IsExpired(segments[0], nowMs) || IsSurplus()))
            {
                logStartOffset = Math.Max(logStartOffset, segments[1].BaseOffset);
                Remove(segments[0]);
            }

            if (logStartOffset != before)
            {
                SaveLogStart();
                BrokerLog.RetentionApplied(logger, Name, logStartOffset);
            }
        }
    }

    private bool IsExpired(Segment segment, long nowMs) =>
        Config.RetentionMs >= 0 && segment.MaxTimestamp >= 0 && nowMs - segment.MaxTimestamp > Config.RetentionMs;

    private bool IsSurplus() => Config.RetentionBytes >= 0 && segments.Sum(s => s.Size) - segments[0].Size >= Config.RetentionBytes;

    private void RemoveBeforeStart()
    {
        while (segments.Count > 1 && segments[1].BaseOffset <= logStartOffset)
        {
            Remove(segments[0]);
        }
    }

    private void Remove(Segment segment)
    {
        segments.Remove(segment);
        unflushed.Remove(segment);
        segment.Delete();
    }
}
