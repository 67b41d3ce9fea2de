using System.Buffers.Binary;
using System.Text;

namespace StockAspire.KafkaBroker.Protocol;

/// <summary>
/// Reads the primitives of the Kafka protocol ("Protocol Primitive Types" of its guide), compact ones where the request's
/// version is flexible (KIP-482). Every length is checked against what remains before anything is sliced or allocated.
/// What it hands out as memory belongs to the connection's receive buffer and is valid until the request has been answered.
/// </summary>
internal ref struct RequestReader(Memory<byte> memory, bool flexible)
{
    /// <summary>The most elements of one array: far above any real request, and low enough that none can exhaust memory.</summary>
    public const int ArrayLengthMax = 100_000;

    /// <summary>The most elements of all arrays of one request, nested ones included: each costs memory beside its bytes.</summary>
    public const int ElementCountMax = 1_000_000;

    /// <summary>As in Kafka, compact strings too: what comes in one version must go out in any other.</summary>
    private const int StringSizeMax = short.MaxValue;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Memory<byte> _memory = memory;
    private readonly ReadOnlySpan<byte> _span = memory.Span;
    private readonly bool _flexible = flexible;
    private int _elementCount;

    public int Position { get; private set; }

    private readonly int Remaining => _span.Length - Position;

    public sbyte ReadInt8() => (sbyte)Take("[int8]", 1)[0];

    public bool ReadBool() => Take("[bool]", 1)[0] != 0;

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take("[int16]", 2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take("[int32]", 4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take("[int64]", 8));

    public Guid ReadUuid() => new(Take("[uuid]", 16), bigEndian: true);

    public string ReadString() => ReadNullableString() ?? throw MalformedRequestException.Null("[string]", Position);

    public string? ReadNullableString() => ReadText(_flexible ? ReadCompactLength() : ReadInt16());

    /// <summary>The header's client_id has a 16-bit length in every version, also in flexible ones.</summary>
    public string? ReadHeaderString() => ReadText(ReadInt16());

    public Memory<byte> ReadBytes() => ReadNullableBytes() ?? throw MalformedRequestException.Null("[bytes]", Position);

    public Memory<byte>? ReadNullableBytes()
    {
        var size = _flexible ? ReadCompactLength() : ReadInt32();
        if (size == -1)
        {
            return null;
        }

        var start = Position;
        _ = Take("[bytes]", size);
        return _memory.Slice(start, size);
    }

    /// <summary>Number of elements that follow; -1 for null.</summary>
    public int ReadNullableArrayLength()
    {
        var length = _flexible ? ReadCompactLength() : ReadInt32();

        // An element is at least a byte, so a longer array than what remains is a lie.
        if (length < -1 || length > ArrayLengthMax || length > Remaining)
        {
            throw MalformedRequestException.Length("[array]", length, Position);
        }

        _elementCount += Math.Max(0, length);
        return _elementCount <= ElementCountMax ? length : throw MalformedRequestException.Length("[all arrays]", _elementCount, Position);
    }

    public int ReadArrayLength()
    {
        var length = ReadNullableArrayLength();
        return length >= 0 ? length : throw MalformedRequestException.Null("[array]", Position);
    }

    public int[] ReadInt32Array()
    {
        var values = new int[ReadArrayLength()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ReadInt32();
        }

        return values;
    }

    public string[] ReadStringArray()
    {
        var values = new string[ReadArrayLength()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ReadString();
        }

        return values;
    }

    /// <summary>Skips the tagged fields that end each structure of a flexible version; none of them changes what this broker does.</summary>
    public void SkipTags()
    {
        if (!_flexible)
        {
            return;
        }

        for (var count = ReadUnsignedVarint(); count > 0; count--)
        {
            _ = ReadUnsignedVarint();
            var size = ReadUnsignedVarint();
            _ = Take("[tagged field]", size);
        }
    }

    private string? ReadText(int size)
    {
        if (size == -1)
        {
            return null;
        }

        if (size > StringSizeMax)
        {
            throw MalformedRequestException.Length("[string]", size, Position);
        }

        var start = Position;
        var bytes = Take("[string]", size);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw MalformedRequestException.Utf8(start, e);
        }
    }

    private int ReadCompactLength()
    {
        var value = ReadUnsignedVarint();
        return value <= int.MaxValue ? (int)value - 1 : throw MalformedRequestException.Length("[compact]", value, Position);
    }

    private uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Take("[varint]", 1)[0];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw MalformedRequestException.Length("[varint]", 6, Position);
    }

    private ReadOnlySpan<byte> Take(string field, long size)
    {
        if (size < 0)
        {
            throw MalformedRequestException.Length(field, size, Position);
        }

        if (size > Remaining)
        {
            throw MalformedRequestException.Overrun(field, size, Position, Remaining);
        }

        var taken = _span.Slice(Position, (int)size);
        Position += (int)size;
        return taken;
    }
}
