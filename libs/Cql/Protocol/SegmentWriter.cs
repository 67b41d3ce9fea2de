using System.Buffers.Binary;

namespace StockAspire.Cql.Protocol;

/// <summary>native_protocol_v5.spec, 2: packs frames into segments: as many whole ones as fit, or one large one over several.</summary>
internal static class SegmentWriter
{
    /// <param name="frames">Whole frames.</param>
    public static void Write(ReadOnlySpan<byte> frames, bool isCompressed, GrowingBuffer target)
    {
        while (frames.Length > 0)
        {
            var whole = SizeOfWhole(frames);
            if (whole > 0)
            {
                WriteSegment(frames[..whole], isSelfContained: true, isCompressed, target);
                frames = frames[whole..];
                continue;
            }

            var large = frames[..FrameSize(frames)];
            frames = frames[large.Length..];
            while (large.Length > 0)
            {
                var part = large[..Math.Min(large.Length, SegmentHeader.PayloadSizeMax)];
                WriteSegment(part, isSelfContained: false, isCompressed, target);
                large = large[part.Length..];
            }
        }
    }

    /// <summary>Bytes of the first frames that fit one segment together.</summary>
    private static int SizeOfWhole(ReadOnlySpan<byte> frames)
    {
        var size = 0;
        while (size < frames.Length)
        {
            var next = FrameSize(frames[size..]);
            if (size + next > SegmentHeader.PayloadSizeMax)
                break;
            size += next;
        }

        return size;
    }

    private static int FrameSize(ReadOnlySpan<byte> frame) => FrameHeader.Size + BinaryPrimitives.ReadInt32BigEndian(frame[5..]);

    private static void WriteSegment(ReadOnlySpan<byte> payload, bool isSelfContained, bool isCompressed, GrowingBuffer target)
    {
        var start = target.Size;
        var headerSize = SegmentHeader.SizeOf(isCompressed);
        target.Take(headerSize);
        var isSmaller = isCompressed && Lz4.TryCompressBlock(payload, target) && target.Size - start - headerSize < payload.Length;
        if (!isSmaller)
        {
            target.Truncate(start + headerSize);
            target.WriteRaw(payload);
        }

        var size = target.Size - start - headerSize;
        new SegmentHeader(size, isSmaller ? payload.Length : 0, isSelfContained).Write(target.At(start, headerSize), isCompressed);
        var crc = SegmentCrc32.Compute(target.At(start + headerSize, size));
        BinaryPrimitives.WriteUInt32LittleEndian(target.Take(SegmentCrc32.Size), crc);
    }
}
