using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace StockAspire.Cql.Protocol;

/// <summary>
/// native_protocol_v4.spec, 5: a body in LZ4 is its size before compression, four bytes big-endian, then one LZ4 block.
/// A segment of version 5 keeps that size in its header, and only the block in its payload.
/// </summary>
internal static class Lz4
{
    public const string Name = "lz4";
    public const int SizePrefix = 4;

    /// <summary>Below this a body is sent as it is: compression would gain nothing.</summary>
    public const int CompressSizeMin = 512;

    /// <summary>Appends prefix and block. False, with nothing appended, if that would not be smaller.</summary>
    public static bool TryCompressBody(ReadOnlySpan<byte> body, GrowingBuffer target)
    {
        var start = target.Size;
        BinaryPrimitives.WriteInt32BigEndian(target.Take(SizePrefix), body.Length);
        if (TryCompressBlock(body, target) && target.Size - start < body.Length)
            return true;

        target.Truncate(start);
        return false;
    }

    public static bool TryCompressBlock(ReadOnlySpan<byte> block, GrowingBuffer target)
    {
        var space = target.GetSpan(LZ4Codec.MaximumOutputSize(block.Length));
        var size = LZ4Codec.Encode(block, space);
        if (size <= 0)
            return false;

        target.Advance(size);
        return true;
    }

    /// <summary>The size that a compressed body will have, checked against the limit.</summary>
    public static int ReadBodySize(ReadOnlySpan<byte> body, int sizeMax)
    {
        if (body.Length < SizePrefix)
            throw new CqlProtocolException($"Compressed body of {body.Length} bytes, expected at least {SizePrefix}.");

        var size = BinaryPrimitives.ReadInt32BigEndian(body);
        return size >= 0 && size <= sizeMax ? size : throw new CqlProtocolException($"Compressed body says {size} bytes, expected 0 to {sizeMax}.");
    }

    /// <summary>Fills <paramref name="target"/> exactly from a block.</summary>
    public static void Decompress(ReadOnlySpan<byte> block, Span<byte> target)
    {
        // An empty body is the prefix alone, or the one byte that LZ4 makes of nothing.
        if (target.Length == 0 && block.Length <= 1)
            return;

        var size = LZ4Codec.Decode(block, target);
        if (size != target.Length)
            throw new CqlProtocolException($"LZ4 block of {block.Length} bytes does not hold the {target.Length} bytes it should.");
    }
}
