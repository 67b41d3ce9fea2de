using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>The compacted form of <paramref name="SegmentCount"/> segments, not yet in their place.</summary>
internal sealed record CompactedFile(string Path, int SegmentCount, SegmentSummary Summary, SegmentIndex Index);

/// <summary>
/// One round of compaction: first it takes note of where the last record of each key is, then it writes segments anew without the
/// records that these supersede, in the batches and at the offsets where they were. Batches of which records go are written
/// without compression; all others stay as they are, those that cannot be decompressed too. The last batch of each segment stays,
/// if empty of records, so that the new one ends at the offset where the old one did; a later round removes those in between.
/// </summary>
internal sealed class Compactor(long deleteRetentionMs, long nowMs, int keysMax)
{
    private readonly Dictionary<UInt128, long> _latest = [];

    /// <summary>The offset up to which this round knows the records.</summary>
    public long MappedTo { get; private set; }

    /// <summary>Takes note of the keys from an offset on, as far as there is room.</summary>
    public void Map(IEnumerable<Segment> segments, long from)
    {
        MappedTo = from;
        foreach (var segment in segments)
        {
            foreach (var (header, records, _) in Batches(segment))
            {
                if (header.NextOffset <= from)
                {
                    continue;
                }

                if (_latest.Count + header.RecordCount > keysMax && _latest.Count > 0)
                {
                    return;
                }

                Map(header, records);
                MappedTo = header.NextOffset;
            }
        }
    }

    /// <summary>
    /// Writes the compacted form of the first segment, and of as many that follow as fit into <paramref name="sizeMax"/> bytes with
    /// it, into one file.
    /// </summary>
    public CompactedFile Write(ReadOnlySpan<Segment> segments, string path, long sizeMax)
    {
        var baseOffset = segments[0].BaseOffset;
        var index = new SegmentIndex();
        var summary = new SegmentSummary(0, baseOffset, -1);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var count = 0;
        while (count < segments.Length && segments[count].NextOffset - baseOffset <= int.MaxValue)
        {
            var before = summary;
            summary = Write(segments[count], file, baseOffset, summary, index);
            if (count > 0 && summary.Size > sizeMax)
            {
                summary = before;
                index.CutAt(summary.Size);
                RandomAccess.SetLength(file, summary.Size);
                break;
            }

            count++;
        }

        RandomAccess.FlushToDisk(file);
        return new CompactedFile(path, count, summary, index);
    }

    private SegmentSummary Write(Segment segment, SafeFileHandle file, long baseOffset, SegmentSummary summary, SegmentIndex index)
    {
        foreach (var (header, records, raw) in Batches(segment))
        {
            var kept = records is null ? raw : Filter(header, records, raw, isLast: header.NextOffset == segment.NextOffset);
            if (kept.Length > 0)
            {
                RandomAccess.Write(file, kept, summary.Size);
                summary = Segment.Count(summary, BatchHeader.Read(kept), baseOffset, index);
            }
        }

        return summary;
    }

    private static IEnumerable<(BatchHeader Header, byte[]? Records, byte[] Raw)> Batches(Segment segment)
    {
        long position = 0;
        foreach (var header in segment.Scan())
        {
            var raw = new byte[header.TotalSize];
            _ = segment.Read(raw, position);
            position += raw.Length;
            yield return (header, BatchCompression.TryDecompress(raw.AsSpan(BatchHeader.Size), header.Compression), raw);
        }
    }

    private static byte[] Rebuild(byte[] batch, in BatchHeader header, int count)
    {
        const int codecMask = 7;
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - BatchHeader.LengthOverhead);
        BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(BatchHeader.CrcStart), (short)(header.Attributes & ~codecMask));
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), count);
        BatchHeader.WriteCrc(batch);
        return batch;
    }

    /// <summary>Keys are told apart by half of their SHA-256, so that long ones take no more room; no two are known to share it.</summary>
    private static UInt128 Fingerprint(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private void Map(in BatchHeader header, byte[]? records)
    {
        var reader = new RecordReader(records);
        while (reader.TryRead(out var record))
        {
            if (record.HasKey)
            {
                _latest[Fingerprint(record.Key)] = header.BaseOffset + record.OffsetDelta;
            }
        }
    }

    /// <summary>The batch without its outdated records: unchanged, rebuilt without compression, or nothing.</summary>
    private byte[] Filter(in BatchHeader header, byte[] records, byte[] raw, bool isLast)
    {
        var kept = new MemoryStream();
        kept.Write(raw.AsSpan(0, BatchHeader.Size));
        var count = 0;

        // What a tombstone deletes is gone only once this round, or one before, has seen the tombstone.
        var dropTombstones = header.NextOffset <= MappedTo && header.MaxTimestamp < nowMs - deleteRetentionMs;
        var reader = new RecordReader(records);
        while (reader.TryRead(out var record))
        {
            // A record without key cannot be superseded; Kafka refuses such records in compacted topics, and so does Produce.
            var superseded = record.HasKey && _latest.TryGetValue(Fingerprint(record.Key), out var latest) && latest > header.BaseOffset + record.OffsetDelta;
            if (!superseded && !(dropTombstones && !record.HasValue))
            {
                kept.Write(record.Raw);
                count++;
            }
        }

        return count == header.RecordCount ? raw
            : count == 0 && !isLast ? []
            : Rebuild(kept.ToArray(), header, count);
    }
}
