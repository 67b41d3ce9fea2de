using System.Buffers.Binary;

namespace StockAspire.TickStore.Cassandra;

/// <summary>A sequence as a CQL varint: two's complement, big-endian, no byte more than needed; native_protocol_v4.spec, 6.24.</summary>
internal static class SequenceBytes
{
    /// <summary>A uint64 whose highest bit is set needs a zero before it.</summary>
    public const int SizeMax = sizeof(ulong) + 1;

    /// <summary>Fills <paramref name="buffer"/>, of <see cref="SizeMax"/> bytes, from its end; the part that counts.</summary>
    public static ReadOnlySpan<byte> Write(ulong sequence, Span<byte> buffer)
    {
        buffer[0] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(buffer[1..], sequence);
        var start = 0;
        while (start < SizeMax - 1 && buffer[start] == 0 && buffer[start + 1] < 0x80)
            start++;
        return buffer[start..SizeMax];
    }

    /// <exception cref="TickStoreSchemaException">It is negative or beyond uint64: another program wrote it.</exception>
    public static ulong Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] >= 0x80 || bytes.TrimStart((byte)0).Length > sizeof(ulong))
            throw new TickStoreSchemaException($"A stored sequence is {Convert.ToHexStringLower(bytes)}, expected a varint from 0 to 2^64-1.");

        ulong value = 0;
        foreach (var b in bytes)
            value = (value << 8) | b;
        return value;
    }
}
