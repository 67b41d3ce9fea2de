using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace StockAspire.Cql.Protocol;

/// <summary>native_protocol_v4.spec, 3: the notations, written. All numbers are big-endian.</summary>
internal static class BodyWriting
{
    /// <summary>The length of a [value] that leaves a column as it is.</summary>
    public const int UnsetSize = -2;

    /// <summary>The length of [bytes] and of a [value] that are null.</summary>
    public const int NullSize = -1;

    public static void WriteByte(this GrowingBuffer buffer, byte value) => buffer.Take(1)[0] = value;

    public static void WriteUInt16(this GrowingBuffer buffer, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(buffer.Take(2), checked((ushort)value));

    public static void WriteInt32(this GrowingBuffer buffer, int value) => BinaryPrimitives.WriteInt32BigEndian(buffer.Take(4), value);

    public static void WriteInt64(this GrowingBuffer buffer, long value) => BinaryPrimitives.WriteInt64BigEndian(buffer.Take(8), value);

    public static void WriteRaw(this GrowingBuffer buffer, ReadOnlySpan<byte> value) => value.CopyTo(buffer.Take(value.Length));

    public static void WriteUuid(this GrowingBuffer buffer, Guid value) => value.TryWriteBytes(buffer.Take(16), bigEndian: true, out _);

    /// <summary>[string]: at most 65,535 bytes of UTF-8.</summary>
    public static void WriteString(this GrowingBuffer buffer, string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        if (size > ushort.MaxValue)
            throw new ArgumentException($"A [string] of {size} bytes, at most {ushort.MaxValue} fit: \"{value[..32]}...\".");
        buffer.WriteUInt16(size);
        Encoding.UTF8.GetBytes(value, buffer.Take(size));
    }

    public static void WriteLongString(this GrowingBuffer buffer, string value)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        buffer.WriteInt32(size);
        Encoding.UTF8.GetBytes(value, buffer.Take(size));
    }

    public static void WriteShortBytes(this GrowingBuffer buffer, ReadOnlySpan<byte> value)
    {
        buffer.WriteUInt16(value.Length);
        buffer.WriteRaw(value);
    }

    public static void WriteBytes(this GrowingBuffer buffer, ReadOnlySpan<byte> value)
    {
        buffer.WriteInt32(value.Length);
        buffer.WriteRaw(value);
    }

    public static void WriteBytes(this GrowingBuffer buffer, byte[]? value)
    {
        if (value is null)
            buffer.WriteInt32(NullSize);
        else
            buffer.WriteBytes(value.AsSpan());
    }

    public static void WriteStringList(this GrowingBuffer buffer, IReadOnlyCollection<string> values)
    {
        buffer.WriteUInt16(values.Count);
        foreach (var value in values)
            buffer.WriteString(value);
    }

    public static void WriteStringMap(this GrowingBuffer buffer, IReadOnlyCollection<KeyValuePair<string, string>> values)
    {
        buffer.WriteUInt16(values.Count);
        foreach (var (key, value) in values)
        {
            buffer.WriteString(key);
            buffer.WriteString(value);
        }
    }

    public static void WriteStringMultimap(this GrowingBuffer buffer, IReadOnlyCollection<KeyValuePair<string, string[]>> values)
    {
        buffer.WriteUInt16(values.Count);
        foreach (var (key, value) in values)
        {
            buffer.WriteString(key);
            buffer.WriteStringList(value);
        }
    }

    public static void WriteBytesMap(this GrowingBuffer buffer, IReadOnlyCollection<KeyValuePair<string, byte[]?>> values)
    {
        buffer.WriteUInt16(values.Count);
        foreach (var (key, value) in values)
        {
            buffer.WriteString(key);
            buffer.WriteBytes(value);
        }
    }

    /// <summary>[inetaddr]: size and address.</summary>
    public static void WriteInetAddress(this GrowingBuffer buffer, IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        buffer.WriteByte((byte)bytes.Length);
        buffer.WriteRaw(bytes);
    }

    /// <summary>[inet]: size, address and port.</summary>
    public static void WriteInet(this GrowingBuffer buffer, IPEndPoint endpoint)
    {
        buffer.WriteInetAddress(endpoint.Address);
        buffer.WriteInt32(endpoint.Port);
    }
}
