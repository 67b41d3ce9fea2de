using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace StockAspire.Cql.Protocol;

/// <summary>
/// native_protocol_v4.spec, 3: the notations, read. Each length is checked before anything is sliced or allocated; what does
/// not fit is a <see cref="CqlProtocolException"/> with expected, actual and position.
/// </summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    public int Position { get; private set; }

    public readonly int Remaining => _body.Length - Position;

    public byte ReadByte() => Take(1, "[byte]")[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2, "[short]"));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4, "[int]"));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8, "[long]"));

    public Guid ReadUuid() => new(Take(16, "[uuid]"), bigEndian: true);

    public CqlConsistency ReadConsistency()
    {
        var value = ReadUInt16();
        return value <= (ushort)CqlConsistency.LocalOne ? (CqlConsistency)value : throw Malformed($"[consistency] {value} is unknown");
    }

    public string ReadString() => Text(Take(ReadUInt16(), "[string]"));

    public string ReadLongString() => Text(Take(Length("[long string]"), "[long string]"));

    public ReadOnlySpan<byte> ReadShortBytes() => Take(ReadUInt16(), "[short bytes]");

    /// <summary>[bytes]: any negative length is null.</summary>
    public ReadOnlySpan<byte> ReadBytes(out bool isNull)
    {
        var size = ReadInt32();
        isNull = size < 0;
        return isNull ? [] : Take(size, "[bytes]");
    }

    public byte[]? ReadBytesOrNull()
    {
        var bytes = ReadBytes(out var isNull);
        return isNull ? null : bytes.ToArray();
    }

    public string[] ReadStringList()
    {
        var values = new string[Count(ReadUInt16(), 2, "[string list]")];
        for (var i = 0; i < values.Length; i++)
            values[i] = ReadString();
        return values;
    }

    public Dictionary<string, string> ReadStringMap()
    {
        var count = Count(ReadUInt16(), 4, "[string map]");
        var values = new Dictionary<string, string>(count);
        for (var i = 0; i < count; i++)
            values[ReadString()] = ReadString();
        return values;
    }

    public Dictionary<string, string[]> ReadStringMultimap()
    {
        var count = Count(ReadUInt16(), 4, "[string multimap]");
        var values = new Dictionary<string, string[]>(count);
        for (var i = 0; i < count; i++)
            values[ReadString()] = ReadStringList();
        return values;
    }

    public Dictionary<string, byte[]?> ReadBytesMap()
    {
        var count = Count(ReadUInt16(), 6, "[bytes map]");
        var values = new Dictionary<string, byte[]?>(count);
        for (var i = 0; i < count; i++)
            values[ReadString()] = ReadBytesOrNull();
        return values;
    }

    public IPAddress ReadInetAddress()
    {
        var size = ReadByte();
        return size is 4 or 16 ? new IPAddress(Take(size, "[inetaddr]")) : throw Malformed($"[inetaddr] of {size} bytes, expected 4 or 16");
    }

    public IPEndPoint ReadInet()
    {
        var address = ReadInetAddress();
        var port = ReadInt32();
        return port is >= 0 and <= ushort.MaxValue ? new IPEndPoint(address, port) : throw Malformed($"port {port}, expected 0 to {ushort.MaxValue}");
    }

    /// <summary>A count of items of at least <paramref name="itemSizeMin"/> bytes each, so never more than the body can hold.</summary>
    public readonly int Count(int count, int itemSizeMin, string what) =>
        count >= 0 && (long)count * itemSizeMin <= Remaining
            ? count
            : throw Malformed($"{what} of {count} items of at least {itemSizeMin} bytes");

    public ReadOnlySpan<byte> Take(int size, string what)
    {
        if ((uint)size > (uint)Remaining)
            throw Malformed($"{what} of {size} bytes");

        var span = _body.Slice(Position, size);
        Position += size;
        return span;
    }

    public readonly CqlProtocolException Malformed(string what) =>
        new($"{what} does not fit the body of {_body.Length} bytes at {Position}; {Remaining} bytes left.");

    private int Length(string what)
    {
        var size = ReadInt32();
        return size >= 0 ? size : throw Malformed($"{what} of {size} bytes");
    }

    private readonly string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("text that is not UTF-8");
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
