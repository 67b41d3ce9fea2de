using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private const long NotLookedUp = -1;

    /// <summary>
    /// Finds the batch that holds <paramref name="offset"/> and how much can be read from there: at most
    /// <paramref name="sizeMax"/> bytes, except that <paramref name="atLeastOne"/> lets one larger batch through.
    /// </summary>
    public ReadPlan PlanRead(long offset, int sizeMax, bool atLeastOne)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        while (true)
        {
            ReadPlan start;
            long limit;
            lock (_gate)
            {
                start = FindStart(offset, out limit);
            }

            if (start.Segment is null)
            {
                return start;
            }

            try
            {
                // The index of a sealed segment never changes, but may have to be read first: not under the lock.
                var position = start.Position == NotLookedUp ? start.Segment.FindOffset(offset) : start.Position;
                while (position < limit && start.Segment.Read(bytes, position) == BatchHeader.Size)
                {
                    var header = BatchHeader.Read(bytes);
                    if (header.NextOffset > offset)
                    {
                        var size = Math.Min(sizeMax, limit - position);
                        size = header.TotalSize <= size ? size : atLeastOne ? header.TotalSize : 0;
                        return start with { Position = position, Size = (int)size };
                    }

                    position += header.TotalSize;
                }

                // Compaction removed the end of this segment: what is wanted starts with the next one.
                offset = Math.Max(offset, start.Segment.NextOffset);
            }
            catch (ObjectDisposedException)
            {
                // Retention or compaction took the file away in between: look again, in the log as it is now.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ReadFailed(e);
                return start with { Error = ErrorCode.KafkaStorageError, Segment = null };
            }
        }
    }

    public void ReadFailed(Exception e) => BrokerLog.ReadFailed(_broker.Logger, Name, e);

    /// <summary>
    /// Reads what was planned into <paramref name="destination"/>, which has the plan's size, and keeps whole batches only.
    /// Returns the bytes kept and the records in them.
    /// </summary>
    public static (int Size, int RecordCount) Fill(Span<byte> destination, in ReadPlan plan)
    {
        var filled = 0;
        while (filled < destination.Length)
        {
            var read = plan.Segment!.Read(destination[filled..], plan.Position + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        var (size, records) = (0, 0);
        while (filled - size >= BatchHeader.Size)
        {
            var header = BatchHeader.Read(destination[size..]);
            if (header.TotalSize > filled - size)
            {
                break;
            }

            size += (int)header.TotalSize;
            records += header.RecordCount;
        }

        return (size, records);
    }

    /// <summary>The first record with at least this timestamp (ms since the Unix epoch), and its own timestamp; null where there is none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public (long Offset, long Timestamp)? FindTimestamp(long timestamp)
    {
        while (true)
        {
            (Segment Segment, long Position, long Limit)[] candidates;
            long end, start;
            lock (_gate)
            {
                candidates = [.. _segments.Where(s => s.MaxTimestamp >= timestamp).Select(s => (s, s == Active ? s.FindTimestamp(timestamp) : NotLookedUp, s.Size))];
                (start, end) = (_logStartOffset, VisibleEnd);
            }

            try
            {
                foreach (var (segment, position, limit) in candidates)
                {
                    if (FindTimestamp(segment, position == NotLookedUp ? segment.FindTimestamp(timestamp) : position, limit, timestamp, start, end) is { } found)
                    {
                        return found;
                    }
                }

                return null;
            }
            catch (ObjectDisposedException) when (!_closed)
            {
                // Retention or compaction took a file away in between: look again, in the log as it is now.
            }
        }
    }

    /// <summary>The greatest timestamp of the log, ms since the Unix epoch; -1 while it is empty.</summary>
    public long FindMaxTimestamp()
    {
        lock (_gate)
        {
            return _segments.Max(s => s.MaxTimestamp);
        }
    }

    private static (long Offset, long Timestamp)? FindTimestamp(Segment segment, long position, long limit, long timestamp, long start, long end)
    {
        var bytes = new byte[BatchHeader.Size];
        while (position < limit && segment.Read(bytes, position) == BatchHeader.Size)
        {
            var header = BatchHeader.Read(bytes);
            if (header.BaseOffset >= end)
            {
                return null;
            }

            if (header.MaxTimestamp >= timestamp && header.NextOffset > start)
            {
                var batch = new byte[header.TotalSize];
                _ = segment.Read(batch, position);
                if (BatchTimestamps.FindFirst(batch, header, timestamp, start) is { } found)
                {
                    return found;
                }
            }

            position += header.TotalSize;
        }

        return null;
    }

    /// <summary>Where a reader of this offset starts, and the position in that segment at which the readable part ends.</summary>
    private ReadPlan FindStart(long offset, out long limit)
    {
        limit = 0;
        var none = new ReadPlan(ErrorCode.None, null, 0, 0, VisibleEnd, _logStartOffset);
        if (_closed)
        {
            return none with { Error = ErrorCode.UnknownTopicOrPartition };
        }

        if (offset < _logStartOffset || offset > NextOffset)
        {
            return none with { Error = ErrorCode.OffsetOutOfRange };
        }

        if (offset >= VisibleEnd)
        {
            return none;
        }

        var i = FindSegment(offset);
        while (offset >= _segments[i].NextOffset && i < _segments.Count - 1)
        {
            i++;
        }

        var segment = _segments[i];
        limit = _fsync != FsyncMode.Commit || segment.BaseOffset < _flushedBase ? segment.Size
            : segment.BaseOffset == _flushedBase ? _flushed.Size : 0;
        return none with { Segment = limit > 0 ? segment : null, Position = segment == Active ? segment.FindOffset(offset) : NotLookedUp };
    }

    /// <summary>Index of the last segment that starts at or before the offset.</summary>
    private int FindSegment(long offset)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].BaseOffset <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
