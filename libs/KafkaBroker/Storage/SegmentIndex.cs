using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Sparse index of one segment: an entry for the first batch of every 4 KiB. It can always be rebuilt from the segment; its file
/// spares that. While its segment is active the partition's lock guards it; afterwards it never changes.
/// </summary>
internal sealed class SegmentIndex
{
    /// <summary>Bytes of log between two entries, as Kafka's index.interval.bytes.</summary>
    private const int IntervalSize = 4096;

    private const int HeaderSize = 48;
    private const int HeaderChecksumPosition = 44;
    private const int EntrySize = 16;
    private const long FileMark = 0x0358_444E_494B_4153; // "SAKINDX" and format 3

    private readonly List<Entry> _entries = [];

    /// <summary>Bytes that the entries take in memory.</summary>
    public long Size => (long)_entries.Capacity * EntrySize;

    /// <summary>Where a batch lies, and the greatest timestamp of all batches before it (ms since the Unix epoch).</summary>
    private readonly record struct Entry(int RelativeOffset, int Position, long MaxTimestampBefore);

    public void Add(int relativeOffset, long position, long maxTimestampBefore)
    {
        if (_entries.Count == 0 || position - _entries[^1].Position >= IntervalSize)
        {
            _entries.Add(new Entry(relativeOffset, (int)position, maxTimestampBefore));
        }
    }

    /// <summary>Drops the entries of batches at or behind a position, where the segment is cut.</summary>
    public void CutAt(long position) => _entries.RemoveAll(e => e.Position >= position);

    /// <summary>Position of a batch at or before the offset; 0 where there is none.</summary>
    public int FindOffset(long relativeOffset)
    {
        var (low, high) = (0, _entries.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].RelativeOffset <= relativeOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high < 0 ? 0 : _entries[high].Position;
    }

    /// <summary>A position before which no batch has a timestamp of <paramref name="timestamp"/> or later.</summary>
    public int FindTimestamp(long timestamp)
    {
        var position = 0;
        foreach (var entry in _entries)
        {
            if (entry.MaxTimestampBefore >= timestamp)
            {
                break;
            }

            position = entry.Position;
        }

        return position;
    }

    /// <summary>Writes the index beside its segment; the summary lets a start trust it without a scan, and without the entries.</summary>
    /// <param name="flushed">Whether the segment is on the disk by now, all that the summary tells of.</param>
    public void Save(string path, in SegmentSummary summary, bool flushed)
    {
        var bytes = new byte[HeaderSize + _entries.Count * EntrySize];
        var entries = bytes.AsSpan(HeaderSize);
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_entries)).CopyTo(entries);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, FileMark);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), summary.Size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), summary.NextOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), summary.MaxTimestamp);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), _entries.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), Crc32C.Compute(entries));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), flushed ? 1 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeaderChecksumPosition), Crc32C.Compute(bytes.AsSpan(0, HeaderChecksumPosition)));
        AtomicFile.Write(path, bytes, durable: false);
    }

    /// <summary>
    /// Reads the summary of a segment of exactly <paramref name="size"/> bytes, not the entries, and whether the segment was on
    /// the disk when the index was written; null where the file is absent, stale or damaged.
    /// </summary>
    public static SegmentSummary? ReadSummary(string path, long size, out bool flushed)
    {
        flushed = false;
        if (!File.Exists(path))
        {
            return null;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        using var file = File.OpenHandle(path);
        if (RandomAccess.Read(file, header, 0) != HeaderSize || !IsSound(header))
        {
            return null;
        }

        flushed = header[40] != 0;
        return ParseSummary(header) is var summary && summary.Size == size ? summary : null;
    }

    /// <summary>Reads the whole index of a segment; null where the file is absent, stale or damaged.</summary>
    public static SegmentIndex? Load(string path, in SegmentSummary summary)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderSize
            || !IsSound(bytes)
            || ParseSummary(bytes) != summary
            || bytes.Length != HeaderSize + (long)BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(32)) * EntrySize
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(36)) != Crc32C.Compute(bytes.AsSpan(HeaderSize)))
        {
            return null;
        }

        var index = new SegmentIndex();
        index._entries.AddRange(MemoryMarshal.Cast<byte, Entry>(bytes.AsSpan(HeaderSize)));
        return index;
    }

    private static bool IsSound(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadInt64LittleEndian(header) == FileMark
        && BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksumPosition..]) == Crc32C.Compute(header[..HeaderChecksumPosition]);

    private static SegmentSummary ParseSummary(ReadOnlySpan<byte> header) => new(
        BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
}
