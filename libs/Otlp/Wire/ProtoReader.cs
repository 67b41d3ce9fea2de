using System.Buffers.Binary;

namespace StockAspire.Otlp.Wire;

/// <summary>
/// Walks the fields of one protobuf message without copying (https://protobuf.dev/programming-guides/encoding/). OTLP is
/// read by hand rather than into generated types, so that an empty 2-byte submessage costs nothing, limits apply before
/// anything is allocated, and repeated strings are looked up as bytes. Fields that a caller does not read are passed over.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int VarintSizeMax = 10;

    private ReadOnlySpan<byte> _rest = message;
    private WireType _type;
    private bool _isPending;

    public int Field { get; private set; }

    /// <summary>Moves to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_isPending)
        {
            Skip();
        }

        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = RawVarint();
        if (tag >> 3 is 0 or > int.MaxValue >> 2)
        {
            throw new MalformedMessageException($"{tag >> 3} is no field number.");
        }

        Field = (int)(tag >> 3);
        _type = (WireType)(tag & 7);
        if (_type is not (WireType.Varint or WireType.Fixed64 or WireType.Length or WireType.Fixed32))
        {
            throw new MalformedMessageException($"Field {Field} has wire type {tag & 7}, which OTLP does not use.");
        }

        _isPending = true;
        return true;
    }

    public ulong Varint()
    {
        Take(WireType.Varint);
        return RawVarint();
    }

    public bool Bool() => Varint() != 0;

    /// <summary>Counts of what was dropped at the source; beyond int is as good as int's maximum.</summary>
    public int Count() => (int)Math.Min(Varint(), int.MaxValue);

    /// <summary>sint32, in zigzag.</summary>
    public int ZigZag()
    {
        var value = (uint)Varint();
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    public ulong Fixed64()
    {
        Take(WireType.Fixed64);
        return BinaryPrimitives.ReadUInt64LittleEndian(Raw("fixed64", sizeof(ulong)));
    }

    /// <summary>Nanoseconds since the Unix epoch; times past the year 2262 are cut there.</summary>
    public long Time() => (long)Math.Min(Fixed64(), long.MaxValue);

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    public ReadOnlySpan<byte> Bytes()
    {
        Take(WireType.Length);
        return LengthDelimited();
    }

    /// <summary>The next elements of a repeated fixed64 or double: a packed run of them, or one.</summary>
    public ReadOnlySpan<byte> PackedFixed64()
    {
        if (_type == WireType.Fixed64)
        {
            Take(WireType.Fixed64);
            return Raw("fixed64", sizeof(ulong));
        }

        var run = Bytes();
        return run.Length % sizeof(ulong) == 0
            ? run
            : throw new MalformedMessageException($"Field {Field} is a run of {run.Length} bytes, which is no multiple of 8.");
    }

    /// <summary>The next elements of a repeated uint64: a packed run of them, or one.</summary>
    public void AppendVarints(List<ulong> values, int countMax)
    {
        if (_type == WireType.Varint)
        {
            values.Add(Varint());
        }
        else
        {
            for (var run = new ProtoReader(Bytes()); !run._rest.IsEmpty;)
            {
                values.Add(run.RawVarint());
                RequireAtMost(values.Count, countMax);
            }
        }

        RequireAtMost(values.Count, countMax);
    }

    private readonly void RequireAtMost(int count, int max)
    {
        if (count > max)
        {
            throw new MalformedMessageException($"Field {Field} has more than {max} elements.");
        }
    }

    private void Skip()
    {
        _isPending = false;
        switch (_type)
        {
            case WireType.Varint:
                RawVarint();
                break;
            case WireType.Fixed64:
                Raw("fixed64", sizeof(ulong));
                break;
            case WireType.Fixed32:
                Raw("fixed32", sizeof(uint));
                break;
            default:
                LengthDelimited();
                break;
        }
    }

    private void Take(WireType expected)
    {
        if (_type != expected)
        {
            throw MalformedMessageException.WrongWireType(Field, expected, _type);
        }

        _isPending = false;
    }

    private ReadOnlySpan<byte> LengthDelimited()
    {
        var length = RawVarint();
        return length <= (ulong)_rest.Length ? Raw("field", (int)length) : throw MalformedMessageException.Overrun("field", length, _rest.Length);
    }

    private ReadOnlySpan<byte> Raw(string what, int length)
    {
        if (length > _rest.Length)
        {
            throw MalformedMessageException.Overrun(what, (ulong)length, _rest.Length);
        }

        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (var i = 0; i < VarintSizeMax; i++)
        {
            if (i == _rest.Length)
            {
                throw new MalformedMessageException($"A varint is cut off after {i} bytes.");
            }

            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new MalformedMessageException($"A varint is longer than {VarintSizeMax} bytes.");
    }
}
