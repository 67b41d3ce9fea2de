using System.Buffers.Binary;
using System.IO.Compression;
using Snappier;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Reads the records of a compressed batch, for compacted topics and look-ups by time only: batches are stored and served as they
/// came.
/// </summary>
internal static class BatchCompression
{
    /// <summary>The most bytes that one batch may unfold to: far above any real one, and a bomb costs no more than this.</summary>
    private const int DecompressedSizeMax = 64 << 20;

    /// <summary>Greatest zstd window, as a power of two: with the limit above a larger one would be of no use.</summary>
    private const int ZstdWindowLogMax = 26;

    private const int XerialHeaderSize = 16;

    /// <summary>How the frames of snappy-java begin, which Java clients wrap snappy in: mark, then two version numbers.</summary>
    private static ReadOnlySpan<byte> XerialMark => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    /// <summary>The records as bytes; null where the data is damaged or too large.</summary>
    public static byte[]? TryDecompress(ReadOnlySpan<byte> records, int compression)
    {
        try
        {
            return compression switch
            {
                0 => records.ToArray(),
                1 => TryReadAll(new GZipStream(new MemoryStream(records.ToArray()), CompressionMode.Decompress)),
                2 => TryReadSnappy(records),
                3 => Lz4Frame.TryDecompress(records, DecompressedSizeMax),
                4 => TryReadZstd(records),
                _ => null,
            };
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or ArgumentException or EndOfStreamException)
        {
            return null;
        }
    }

    private static byte[]? TryReadZstd(ReadOnlySpan<byte> records)
    {
        var zstd = new DecompressionStream(new MemoryStream(records.ToArray()), leaveOpen: false);
        zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, ZstdWindowLogMax);
        return TryReadAll(zstd);
    }

    private static byte[]? TryReadAll(Stream compressed)
    {
        using var source = compressed;
        using var result = new MemoryStream();
        var chunk = new byte[64 * 1024];
        for (int read; (read = source.Read(chunk)) > 0;)
        {
            if (result.Length + read > DecompressedSizeMax)
            {
                return null;
            }

            result.Write(chunk, 0, read);
        }

        return result.ToArray();
    }

    /// <summary>One raw block, as librdkafka writes it, or snappy-java's frame: its header, then blocks, each behind its size (int32, big-endian).</summary>
    private static byte[]? TryReadSnappy(ReadOnlySpan<byte> records)
    {
        if (!records.StartsWith(XerialMark))
        {
            return TryReadSnappyBlock(records);
        }

        using var result = new MemoryStream();
        for (var at = XerialHeaderSize; at < records.Length;)
        {
            if (records.Length - at < sizeof(int)
                || BinaryPrimitives.ReadInt32BigEndian(records[at..]) is var size && (size < 0 || size > records.Length - at - sizeof(int))
                || TryReadSnappyBlock(records.Slice(at + sizeof(int), size)) is not { } block
                || result.Length + block.Length > DecompressedSizeMax)
            {
                return null;
            }

            result.Write(block);
            at += sizeof(int) + size;
        }

        return result.ToArray();
    }

    private static byte[]? TryReadSnappyBlock(ReadOnlySpan<byte> block) =>
        block.Length > 0 && Snappy.GetUncompressedLength(block) is >= 0 and <= DecompressedSizeMax ? Snappy.DecompressToArray(block) : null;
}
