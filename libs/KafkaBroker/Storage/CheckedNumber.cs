using System.Buffers.Binary;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>A small file that holds one number (int64) and its CRC-32C, little-endian.</summary>
internal static class CheckedNumber
{
    private const int Size = 12;

    /// <summary>The number; null where there is no such file, or it is damaged.</summary>
    public static long? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Size && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) == Crc32C.Compute(bytes.AsSpan(0, 8))
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes)
            : null;
    }

    public static void Write(string path, long number, bool durable)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Crc32C.Compute(bytes[..8]));
        AtomicFile.Write(path, bytes, durable);
    }
}
