using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
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
                var position = start.Position;
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
        }
    }

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
    public (long Offset, long Timestamp)? FindTimestamp(long timestamp)
    {
        Segment[] candidates;
        long end, start;
        lock (_gate)
        {
            candidates = [.. _segments.Where(s => s.MaxTimestamp >= timestamp)];
            (start, end) = (_logStartOffset, VisibleEnd);
        }

        foreach (var segment in candidates)
        {
            int position;
            lock (_gate)
            {
                position = segment.FindTimestamp(timestamp);
            }

            if (FindTimestamp(segment, position, timestamp, start, end) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The greatest timestamp of the log, ms since the Unix epoch; -1 while it is empty.</summary>
    public long FindMaxTimestamp()
    {
        lock (_gate)
        {
            return _segments.Max(s => s.MaxTimestamp);
        }
    }

    private static (long Offset, long Timestamp)? FindTimestamp(Segment segment, long position, long timestamp, long start, long end)
    {
        var bytes = new byte[BatchHeader.Size];
        while (segment.Read(bytes, position) == BatchHeader.Size)
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
            : segment.BaseOffset == _flushedBase ? _flushedPosition : 0;
        return none with { Segment = limit > 0 ? segment : null, Position = segment.FindOffset(offset) };
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
