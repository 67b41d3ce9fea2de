using System.Buffers;
using System.Buffers.Binary;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Decompresses an LZ4 frame (LZ4 Frame Format 1.6.1, LZ4 Block Format), as Kafka's codec 3 has it since message format 2. The
/// frame's own checksums are passed over: the batch's CRC-32C covers the same bytes. Damaged data gives null, never an exception.
/// </summary>
internal static class Lz4Frame
{
    private const uint FrameMark = 0x184D2204;
    private const int MatchLengthMin = 4;

    public static byte[]? TryDecompress(ReadOnlySpan<byte> source, int sizeMax)
    {
        if (source.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(source) != FrameMark)
        {
            return null;
        }

        var flags = source[4];
        var (hasBlockChecksum, hasContentSize, hasDictionary) = ((flags & 0x10) != 0, (flags & 0x08) != 0, (flags & 0x01) != 0);
        var at = 7 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0);
        var target = new ArrayBufferWriter<byte>((int)Math.Min(source.Length * 4L, sizeMax));
        while (at + 4 <= source.Length)
        {
            var field = BinaryPrimitives.ReadUInt32LittleEndian(source[at..]);
            at += 4;
            if (field == 0)
            {
                return target.WrittenSpan.ToArray();
            }

            var size = (int)(field & 0x7fff_ffff);
            if (size > source.Length - at)
            {
                return null;
            }

            var block = source.Slice(at, size);
            var isStored = (field & 0x8000_0000) != 0;
            if (target.WrittenCount + (isStored ? size : 0) > sizeMax || !(isStored ? Store(block, target) : TryExpand(block, target, sizeMax)))
            {
                return null;
            }

            at += size + (hasBlockChecksum ? 4 : 0);
        }

        return null;
    }

    private static bool Store(ReadOnlySpan<byte> block, ArrayBufferWriter<byte> target)
    {
        target.Write(block);
        return true;
    }

    /// <summary>One block: sequences of literals and of matches, which may reach back into earlier blocks of the frame.</summary>
    private static bool TryExpand(ReadOnlySpan<byte> block, ArrayBufferWriter<byte> target, int sizeMax)
    {
        var at = 0;
        while (at < block.Length)
        {
            var token = block[at++];
            if (!TryReadLength(block, ref at, token >> 4, out var literals) || literals > block.Length - at || target.WrittenCount + literals > sizeMax)
            {
                return false;
            }

            target.Write(block.Slice(at, literals));
            at += literals;
            if (at == block.Length)
            {
                return true; // the last sequence has no match
            }

            if (block.Length - at < 2)
            {
                return false;
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
            at += 2;
            if (!TryReadLength(block, ref at, token & 15, out var length)
                || distance == 0 || distance > target.WrittenCount || (long)target.WrittenCount + length + MatchLengthMin > sizeMax)
            {
                return false;
            }

            Repeat(target, distance, length + MatchLengthMin);
        }

        return true;
    }

    /// <summary>Copies from what is already there; source and target overlap where the distance is short.</summary>
    private static void Repeat(ArrayBufferWriter<byte> target, int distance, int length)
    {
        while (length > 0)
        {
            var part = Math.Min(distance, length);
            var room = target.GetSpan(part);
            target.WrittenSpan.Slice(target.WrittenCount - distance, part).CopyTo(room);
            target.Advance(part);
            length -= part;
        }
    }

    private static bool TryReadLength(ReadOnlySpan<byte> block, ref int at, int nibble, out int length)
    {
        length = nibble;
        if (nibble != 15)
        {
            return true;
        }

        byte next;
        do
        {
            if (at == block.Length || length > int.MaxValue - byte.MaxValue)
            {
                return false;
            }

            next = block[at++];
            length += next;
        }
        while (next == byte.MaxValue);
        return true;
    }
}
