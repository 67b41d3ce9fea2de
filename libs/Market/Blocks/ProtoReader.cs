using System.Text;

namespace StockAspire.Market.Blocks;

/// <summary>Reads protobuf wire format from a span; every length is checked before it is used.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes, string what)
{
    public const int VarintType = 0;
    public const int Fixed64Type = 1;
    public const int LengthType = 2;
    public const int Fixed32Type = 5;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string _what = what;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _bytes.Length;

    /// <summary>The next field's number and wire type; false at the end.</summary>
    public bool NextField(out int field, out int wireType)
    {
        if (AtEnd)
        {
            field = 0;
            wireType = 0;
            return false;
        }

        var tag = Varint();
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        wireType = (int)(tag & 7);
        return true;
    }

    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (Position >= _bytes.Length)
            {
                throw TickBlockFormatException.Truncated(_what, Position);
            }

            var next = _bytes[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw TickBlockFormatException.LongVarint(_what, Position);
    }

    public long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ulong Fixed64()
    {
        if (_bytes.Length - Position < sizeof(ulong))
        {
            throw TickBlockFormatException.Truncated(_what, Position);
        }

        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Position..]);
        Position += sizeof(ulong);
        return value;
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var size = Varint();
        if (size > (ulong)(_bytes.Length - Position))
        {
            throw TickBlockFormatException.Overrun(_what, Position, size, _bytes.Length - Position);
        }

        var body = _bytes.Slice(Position, (int)size);
        Position += (int)size;
        return body;
    }

    public string Text()
    {
        var start = Position;
        try
        {
            return StrictUtf8.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw TickBlockFormatException.BadText(_what, start);
        }
    }

    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case VarintType:
                Varint();
                break;
            case Fixed64Type:
                Fixed64();
                break;
            case LengthType:
                Bytes();
                break;
            case Fixed32Type when _bytes.Length - Position >= sizeof(uint):
                Position += sizeof(uint);
                break;
            default:
                throw TickBlockFormatException.BadWireType(_what, Position, wireType);
        }
    }
}
