using System.IO.Compression;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Reads the records of a compressed batch, for compaction and look-ups by time only: batches are stored and served as they came.
/// gzip and lz4 are read; snappy and zstd are not, and callers leave such batches as they are.
/// </summary>
internal static class BatchCompression
{
    /// <summary>The most bytes that one batch may unfold to: far above any real one, and a bomb costs no more than this.</summary>
    private const int DecompressedSizeMax = 64 << 20;

    /// <summary>The records as bytes; null where the codec is not read here or the data is damaged.</summary>
    public static byte[]? TryDecompress(ReadOnlySpan<byte> records, int compression) => compression switch
    {
        0 => records.ToArray(),
        1 => TryGunzip(records),
        3 => Lz4Frame.TryDecompress(records, DecompressedSizeMax),
        _ => null,
    };

    private static byte[]? TryGunzip(ReadOnlySpan<byte> records)
    {
        try
        {
            using var source = new MemoryStream(records.ToArray());
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            using var result = new MemoryStream();
            var chunk = new byte[64 * 1024];
            for (int read; (read = gzip.Read(chunk)) > 0;)
            {
                if (result.Length + read > DecompressedSizeMax)
                {
                    return null;
                }

                result.Write(chunk, 0, read);
            }

            return result.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
