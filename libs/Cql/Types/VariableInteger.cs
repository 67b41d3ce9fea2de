using System.Numerics;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>
/// native_protocol_v5.spec, 3: [unsigned vint] and [vint]. The count of leading ones in the first byte is the count of bytes that
/// follow; a signed number is folded so that small ones of either sign stay short.
/// </summary>
internal static class VariableInteger
{
    private const int SizeMax = 9;

    public static int SizeOf(ulong value)
    {
        var bits = 64 - BitOperations.LeadingZeroCount(value | 1);
        return bits > 56 ? SizeMax : (bits + 6) / 7;
    }

    public static void WriteUnsigned(GrowingBuffer buffer, ulong value) => Write(buffer.Take(SizeOf(value)), value);

    /// <summary>Fills <paramref name="target"/>, which has the size that <see cref="SizeOf"/> gives.</summary>
    public static void Write(Span<byte> target, ulong value)
    {
        var extra = target.Length - 1;
        for (var i = extra; i > 0; i--)
        {
            target[i] = (byte)value;
            value >>= 8;
        }

        target[0] = (byte)(extra == SizeMax - 1 ? 0xFF : ~(0xFF >> extra) | (int)value);
    }

    public static ulong ReadUnsigned(ref BodyReader reader)
    {
        var first = reader.ReadByte();
        var extra = BitOperations.LeadingZeroCount((uint)(byte)~first) - 24;
        var value = extra >= SizeMax - 1 ? 0UL : (ulong)(first & (0xFF >> extra));
        foreach (var next in reader.Take(extra, "[unsigned vint]"))
            value = (value << 8) | next;
        return value;
    }

    public static void WriteSigned(GrowingBuffer buffer, long value) => WriteUnsigned(buffer, (ulong)((value >> 63) ^ (value << 1)));

    public static long ReadSigned(ref BodyReader reader)
    {
        var value = ReadUnsigned(ref reader);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
