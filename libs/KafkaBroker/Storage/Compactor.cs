using System.Buffers.Binary;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Writes the compacted form of some segments: of each key the last record, in the batches and at the offsets where they were.
/// Batches whose codec is not read here stay whole, and their keys are neither dropped nor known. The last batch stays, if empty
/// of records, so that the file ends at the offset where the old ones did.
/// </summary>
internal static class Compactor
{
    public static (string Path, long SizeBefore, long SizeAfter) Write(IReadOnlyList<Segment> segments, string path, long deleteRetentionMs, long nowMs)
    {
        var latest = new Dictionary<ReadOnlyMemory<byte>, long>(KeyComparer.Instance);
        long last = 0;
        foreach (var (header, records, _) in Batches(segments))
        {
            last = header.BaseOffset;
            if (records is not null)
            {
                Collect(latest, header, records);
            }
        }

        long size = 0;
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            foreach (var (header, records, raw) in Batches(segments))
            {
                var kept = records is null ? raw : Filter(latest, header, records, raw, header.MaxTimestamp < nowMs - deleteRetentionMs, header.BaseOffset == last);
                RandomAccess.Write(file, kept, size);
                size += kept.Length;
            }

            RandomAccess.FlushToDisk(file);
        }

        return (path, segments.Sum(s => s.Size), size);
    }

    private static void Collect(Dictionary<ReadOnlyMemory<byte>, long> latest, in BatchHeader header, byte[] records)
    {
        var reader = new RecordReader(records);
        while (reader.TryRead(out var record))
        {
            if (record.HasKey)
            {
                latest[record.Key.ToArray()] = header.BaseOffset + record.OffsetDelta;
            }
        }
    }

    /// <summary>The batch without its outdated records: unchanged, rebuilt without compression, or nothing.</summary>
    private static ReadOnlySpan<byte> Filter(
        Dictionary<ReadOnlyMemory<byte>, long> latest, in BatchHeader header, byte[] records, byte[] raw, bool dropTombstones, bool isLast)
    {
        var kept = new MemoryStream();
        kept.Write(raw.AsSpan(0, BatchHeader.Size));
        var count = 0;
        var reader = new RecordReader(records);
        while (reader.TryRead(out var record))
        {
            // A record without key cannot be superseded; Kafka refuses such records in compacted topics, and so does Produce.
            var superseded = record.HasKey && latest[record.Key.ToArray()] != header.BaseOffset + record.OffsetDelta;
            if (!superseded && !(dropTombstones && !record.HasValue))
            {
                kept.Write(record.Raw);
                count++;
            }
        }

        return count == header.RecordCount ? raw
            : count == 0 && !isLast ? default
            : Rebuild(kept.ToArray(), header, count);
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

    private static IEnumerable<(BatchHeader Header, byte[]? Records, byte[] Raw)> Batches(IReadOnlyList<Segment> segments)
    {
        foreach (var segment in segments)
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
    }

    private sealed class KeyComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
