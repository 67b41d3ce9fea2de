using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>Reads a segment from its start and checks every batch: length, magic, CRC-32C, and offsets.</summary>
internal static class SegmentScanner
{
    private const int ChunkSize = 1 << 20;

    /// <summary>
    /// The headers of all sound batches, in order; ends at the first bad one or at <paramref name="size"/>. Offset and leader epoch
    /// lie outside the checksum: the epoch is the one that this broker writes, and the offset follows the batch before, except
    /// that compaction, which <paramref name="mayHaveGaps"/> tells of, leaves gaps.
    /// </summary>
    public static IEnumerable<BatchHeader> Scan(SafeFileHandle handle, long baseOffset, long size, bool mayHaveGaps)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            long start = 0; // position in the file of the first buffered byte
            var (at, filled) = (0, 0);
            var nextOffset = baseOffset;
            while (true)
            {
                var needed = BatchHeader.Size;
                if (filled - at >= BatchHeader.Size)
                {
                    var header = BatchHeader.Read(buffer.AsSpan(at));
                    if (header.TotalSize < BatchHeader.Size || header.TotalSize > size - (start + at))
                    {
                        yield break;
                    }

                    if (header.TotalSize <= filled - at)
                    {
                        if (!IsSound(buffer.AsSpan(at, (int)header.TotalSize), header, baseOffset, nextOffset, mayHaveGaps))
                        {
                            yield break;
                        }

                        at += (int)header.TotalSize;
                        nextOffset = header.NextOffset;
                        yield return header;
                        continue;
                    }

                    needed = (int)header.TotalSize;
                }

                if (size - (start + at) < needed)
                {
                    yield break;
                }

                buffer = Slide(buffer, needed, ref at, ref start, ref filled);
                var read = RandomAccess.Read(handle, buffer.AsSpan(filled), start + filled);
                if (read == 0)
                {
                    yield break;
                }

                filled += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsSound(ReadOnlySpan<byte> batch, in BatchHeader header, long baseOffset, long nextOffset, bool mayHaveGaps) =>
        header.Magic == 2
        && header.LeaderEpoch == 0
        && (header.BaseOffset == nextOffset || (mayHaveGaps && header.BaseOffset > nextOffset))
        && header.LastOffsetDelta >= 0
        && header.NextOffset - baseOffset is > 0 and <= int.MaxValue
        && header.RecordCount >= 0
        && Crc32C.Compute(batch[BatchHeader.CrcStart..]) == header.Crc;

    /// <summary>Moves what is left to the front of a buffer that has room for <paramref name="needed"/> bytes.</summary>
    private static byte[] Slide(byte[] buffer, int needed, ref int at, ref long start, ref int filled)
    {
        var target = needed > buffer.Length ? ArrayPool<byte>.Shared.Rent(needed) : buffer;
        buffer.AsSpan(at, filled - at).CopyTo(target);
        if (target != buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        start += at;
        filled -= at;
        at = 0;
        return target;
    }
}
