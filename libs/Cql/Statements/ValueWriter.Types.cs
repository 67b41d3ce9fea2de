using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

public sealed partial class ValueWriter
{
    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    public ValueWriter AppendBoolean(bool value)
    {
        TakeValue(CqlTypeCode.Boolean, 1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    public ValueWriter AppendTinyint(sbyte value)
    {
        TakeValue(CqlTypeCode.Tinyint, 1)[0] = (byte)value;
        return this;
    }

    public ValueWriter AppendSmallint(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(TakeValue(CqlTypeCode.Smallint, 2), value);
        return this;
    }

    public ValueWriter AppendInt(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(TakeValue(CqlTypeCode.Int, 4), value);
        return this;
    }

    public ValueWriter AppendBigint(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(TakeValue(CqlTypeCode.Bigint, 8), value);
        return this;
    }

    /// <summary>What an UPDATE adds to a counter.</summary>
    public ValueWriter AppendCounter(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(TakeValue(CqlTypeCode.Counter, 8), value);
        return this;
    }

    public ValueWriter AppendFloat(float value)
    {
        BinaryPrimitives.WriteSingleBigEndian(TakeValue(CqlTypeCode.Float, 4), value);
        return this;
    }

    public ValueWriter AppendDouble(double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(TakeValue(CqlTypeCode.Double, 8), value);
        return this;
    }

    /// <summary>For a text or ascii.</summary>
    public ValueWriter AppendText(ReadOnlySpan<char> value)
    {
        var type = NextText();
        var size = Encoding.UTF8.GetByteCount(value);
        if (type == CqlTypeCode.Ascii && size != value.Length)
            throw new ArgumentException("Not ASCII, which the variable is.", nameof(value));
        Encoding.UTF8.GetBytes(value, TakeValue(size));
        return this;
    }

    /// <summary>For a text or ascii whose UTF-8 is at hand; the server refuses bytes that are not UTF-8.</summary>
    public ValueWriter AppendTextUtf8(ReadOnlySpan<byte> value)
    {
        NextText();
        value.CopyTo(TakeValue(value.Length));
        return this;
    }

    public ValueWriter AppendBlob(ReadOnlySpan<byte> value)
    {
        value.CopyTo(TakeValue(CqlTypeCode.Blob, value.Length));
        return this;
    }

    /// <summary>For a uuid or timeuuid; the latter must be of version 1.</summary>
    public ValueWriter AppendUuid(Guid value)
    {
        var type = NextType();
        if (type is not null && type.Code is not (CqlTypeCode.Uuid or CqlTypeCode.Timeuuid))
            throw WrongType(type, CqlTypeCode.Uuid);
        if (type?.Code == CqlTypeCode.Timeuuid && value.Version != 1)
            throw new ArgumentException($"{value} is of version {value.Version}; a timeuuid is of version 1.", nameof(value));
        value.TryWriteBytes(TakeValue(16), bigEndian: true, out _);
        return this;
    }

    public ValueWriter AppendInet(IPAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out var size);
        bytes[..size].CopyTo(TakeValue(CqlTypeCode.Inet, size));
        return this;
    }

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public ValueWriter AppendTimestampMs(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(TakeValue(CqlTypeCode.Timestamp, 8), value);
        return this;
    }

    /// <summary>Cut to milliseconds.</summary>
    public ValueWriter AppendTimestamp(DateTimeOffset value) => AppendTimestampMs(value.ToUnixTimeMilliseconds());

    /// <summary>Days since the Unix epoch, negative before it.</summary>
    public ValueWriter AppendDateDays(int value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(TakeValue(CqlTypeCode.Date, 4), (uint)value ^ 0x80000000);
        return this;
    }

    public ValueWriter AppendDate(DateOnly value) => AppendDateDays(value.DayNumber - UnixEpochDay);

    /// <summary>Nanoseconds since midnight, below 24 hours.</summary>
    public ValueWriter AppendTimeNs(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(TakeValue(CqlTypeCode.Time, 8), value);
        return this;
    }

    public ValueWriter AppendDuration(CqlDuration value)
    {
        using var bytes = new GrowingBuffer(32);
        value.Write(bytes);
        bytes.Written.CopyTo(TakeValue(CqlTypeCode.Duration, bytes.Size));
        return this;
    }

    public ValueWriter AppendVarint(BigInteger value)
    {
        value.TryWriteBytes(TakeValue(CqlTypeCode.Varint, value.GetByteCount()), out _, isBigEndian: true);
        return this;
    }

    public ValueWriter AppendDecimal(CqlDecimal value)
    {
        var target = TakeValue(CqlTypeCode.Decimal, sizeof(int) + value.Unscaled.GetByteCount());
        BinaryPrimitives.WriteInt32BigEndian(target, value.Scale);
        value.Unscaled.TryWriteBytes(target[sizeof(int)..], out _, isBigEndian: true);
        return this;
    }

    public ValueWriter AppendDecimal(decimal value) => AppendDecimal(CqlDecimal.FromDecimal(value));

    /// <summary>All floats of a vector at once.</summary>
    public ValueWriter AppendVector(ReadOnlySpan<float> value)
    {
        BeginVector();
        foreach (var element in value)
            AppendFloat(element);
        return End();
    }

    private CqlTypeCode NextText()
    {
        var type = NextType();
        return type is null or { Code: CqlTypeCode.Text or CqlTypeCode.Ascii } ? type?.Code ?? CqlTypeCode.Text : throw WrongType(type, CqlTypeCode.Text);
    }
}
