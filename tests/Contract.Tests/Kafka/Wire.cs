using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Writes requests as hexadecimal digits, in the protocol's types of versions that are not flexible.</summary>
internal static class Wire
{
    public const string Null16 = "ffff";

    /// <summary>Request header v1 with correlation id 7 and client id "x".</summary>
    public static string Header(short api, short version) => I16(api) + I16(version) + "00000007" + String("x");

    public static string I8(sbyte value) => value.ToString("x2", CultureInfo.InvariantCulture);

    public static string I16(short value) => value.ToString("x4", CultureInfo.InvariantCulture);

    public static string I32(int value) => value.ToString("x8", CultureInfo.InvariantCulture);

    public static string I64(long value) => value.ToString("x16", CultureInfo.InvariantCulture);

    public static string String(string? value) => value is null ? Null16 : I16((short)Encoding.UTF8.GetByteCount(value)) + Convert.ToHexString(Encoding.UTF8.GetBytes(value));

    public static string Bytes(byte[]? value) => value is null ? I32(-1) : I32(value.Length) + Convert.ToHexString(value);

    public static string Array(params string[] elements) => I32(elements.Length) + string.Concat(elements);
}

/// <summary>Reads an answer in the protocol's types of versions that are not flexible; begins behind the correlation id.</summary>
internal sealed class WireAnswer
{
    private readonly byte[] _bytes;
    private int _position = 4;

    public WireAnswer(string hex)
    {
        _bytes = Convert.FromHexString(hex);
        Assert.Equal(7, BinaryPrimitives.ReadInt32BigEndian(_bytes));
    }

    public bool AtEnd => _position == _bytes.Length;

    public sbyte I8() => (sbyte)Take(1)[0];

    public short I16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int I32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long I64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string? String()
    {
        var size = I16();
        return size < 0 ? null : Encoding.UTF8.GetString(Take(size));
    }

    public byte[] Bytes()
    {
        var size = I32();
        return size < 0 ? [] : Take(size).ToArray();
    }

    /// <summary>An array's elements; none for null.</summary>
    public T[] Array<T>(Func<T> read)
    {
        var elements = new T[Math.Max(0, I32())];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = read();
        }

        return elements;
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        _position += size;
        return _bytes.AsSpan(_position - size, size);
    }
}
