using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Sparse index of one segment: an entry for the first batch of every 4 KiB. It can always be rebuilt from the segment; its file
/// spares that at start. Not thread-safe: the partition's lock guards it.
/// </summary>
internal sealed class SegmentIndex
{
    /// <summary>Bytes of log between two entries, as Kafka's index.interval.bytes.</summary>
    private const int IntervalSize = 4096;

    private const int HeaderSize = 40;
    private const int EntrySize = 16;
    private const long FileMark = 0x0158_444E_494B_4153; // "SAKINDX" and format 1

    private readonly List<Entry> _entries = [];

    /// <summary>Where a batch lies, and the greatest timestamp of all batches before it (ms since the Unix epoch).</summary>
    private readonly record struct Entry(int RelativeOffset, int Position, long MaxTimestampBefore);

    public void Add(int relativeOffset, long position, long maxTimestampBefore)
    {
        if (_entries.Count == 0 || position - _entries[^1].Position >= IntervalSize)
        {
            _entries.Add(new Entry(relativeOffset, (int)position, maxTimestampBefore));
        }
    }

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

    /// <summary>Writes the index beside its segment; <paramref name="nextOffset"/> and the rest let a start trust it without a scan.</summary>
    public void Save(string path, long size, long nextOffset, long maxTimestamp)
    {
        var bytes = new byte[HeaderSize + _entries.Count * EntrySize];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, FileMark);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), nextOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), maxTimestamp);
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_entries)).CopyTo(bytes.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), _entries.Count > 0 ? (uint)_entries.Count : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), Checksum(bytes));
        AtomicFile.Write(path, bytes, durable: false);
    }

    /// <summary>Reads an index that covers exactly <paramref name="size"/> bytes of its segment; null where it is absent, stale or damaged.</summary>
    public static (SegmentIndex Index, long NextOffset, long MaxTimestamp)? Load(string path, long size)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderSize
            || BinaryPrimitives.ReadInt64LittleEndian(bytes) != FileMark
            || BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)) != size
            || bytes.Length != HeaderSize + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(32)) * EntrySize
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(36)) != Checksum(bytes))
        {
            return null;
        }

        var index = new SegmentIndex();
        index._entries.AddRange(MemoryMarshal.Cast<byte, Entry>(bytes.AsSpan(HeaderSize)));
        return (index, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)));
    }

    private static uint Checksum(byte[] bytes) => Crc32C.Compute(bytes.AsSpan(0, 36)) ^ Crc32C.Compute(bytes.AsSpan(HeaderSize));
}
