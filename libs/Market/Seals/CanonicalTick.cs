using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace StockAspire.Market.Seals;

/// <summary>
/// The canonical bytes of a tick and their XXH128: what two stores must agree on. Everything but the ingest time, which
/// differs from delivery to delivery.
/// </summary>
/// <remarks>
/// Layout, little-endian; text is uint16 size and UTF-8: version (1 byte, 1), symbol, source, sequence (8), revision (4),
/// action (1), event time (8), price (8), size (8), venue, number of conditions (2) and each, number of attributes (2)
/// and, by name, each name, kind (1) and text.
/// </remarks>
public static class CanonicalTick
{
    private const byte Version = 1;
    private const int FixedSize = 1 + 8 + 4 + 1 + 8 + 8 + 8 + (5 * 2);
    private const int StackSizeMax = 1024;

    public static UInt128 Hash(in Tick tick)
    {
        var size = SizeOf(tick);
        if (size <= StackSizeMax)
        {
            Span<byte> bytes = stackalloc byte[StackSizeMax];
            return XxHash128.HashToUInt128(bytes[..Write(tick, bytes)]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return XxHash128.HashToUInt128(rented.AsSpan(0, Write(tick, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Bytes that <see cref="Write"/> needs.</summary>
    public static int SizeOf(in Tick tick)
    {
        var size = FixedSize + TextBytes(tick.Symbol) + TextBytes(tick.Id.Source) + TextBytes(tick.Venue);
        foreach (var condition in tick.Conditions.AsSpan())
        {
            size += 2 + TextBytes(condition);
        }

        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            size += 5 + TextBytes(name) + TextBytes(value.Text);
        }

        return size;
    }

    /// <summary>Writes the canonical bytes and returns how many.</summary>
    public static int Write(in Tick tick, Span<byte> destination)
    {
        var rest = destination;
        PutByte(ref rest, Version);
        PutText(ref rest, tick.Symbol);
        PutText(ref rest, tick.Id.Source);
        PutInt64(ref rest, (long)tick.Id.Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(rest, tick.Revision);
        rest = rest[sizeof(uint)..];
        PutByte(ref rest, (byte)tick.Action);
        PutInt64(ref rest, tick.EventTimeNs);
        PutInt64(ref rest, tick.Price.E9);
        PutInt64(ref rest, tick.Size.E8);
        PutText(ref rest, tick.Venue);
        PutUInt16(ref rest, tick.Conditions.Count);
        foreach (var condition in tick.Conditions.AsSpan())
        {
            PutText(ref rest, condition);
        }

        PutUInt16(ref rest, tick.Attributes.Count);
        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            PutText(ref rest, name);
            PutByte(ref rest, (byte)value.Kind);
            PutText(ref rest, value.Text);
        }

        return destination.Length - rest.Length;
    }

    private static int TextBytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static void PutByte(ref Span<byte> rest, byte value)
    {
        rest[0] = value;
        rest = rest[1..];
    }

    private static void PutUInt16(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(rest, checked((ushort)value));
        rest = rest[sizeof(ushort)..];
    }

    private static void PutInt64(ref Span<byte> rest, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(rest, value);
        rest = rest[sizeof(long)..];
    }

    private static void PutText(ref Span<byte> rest, string text)
    {
        var size = Encoding.UTF8.GetBytes(text, rest[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, checked((ushort)size));
        rest = rest[(sizeof(ushort) + size)..];
    }
}
