using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace StockAspire.Cql;

/// <summary>
/// One value of a row, read in place: valid as long as its page. Each getter checks type, null and size, and says what it found;
/// native_protocol_v5.spec, 6.
/// </summary>
public readonly ref struct CqlValue
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal CqlValue(ReadOnlySpan<byte> bytes, bool isNull, CqlType type, string name)
    {
        _bytes = bytes;
        IsNull = isNull;
        Type = type;
        Name = name;
    }

    public bool IsNull { get; }

    public CqlType Type { get; }

    /// <summary>Of the column or field; empty for an element of a collection.</summary>
    public string Name { get; }

    /// <summary>As they came, of any type; empty for null.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool GetBoolean() => Fixed(CqlTypeCode.Boolean, 1)[0] != 0;

    public sbyte GetTinyint() => (sbyte)Fixed(CqlTypeCode.Tinyint, 1)[0];

    public short GetSmallint() => BinaryPrimitives.ReadInt16BigEndian(Fixed(CqlTypeCode.Smallint, 2));

    public int GetInt() => BinaryPrimitives.ReadInt32BigEndian(Fixed(CqlTypeCode.Int, 4));

    /// <summary>Of a bigint or a counter.</summary>
    public long GetBigint() => BinaryPrimitives.ReadInt64BigEndian(Fixed(Type.Code == CqlTypeCode.Counter ? CqlTypeCode.Counter : CqlTypeCode.Bigint, 8));

    public float GetFloat() => BinaryPrimitives.ReadSingleBigEndian(Fixed(CqlTypeCode.Float, 4));

    public double GetDouble() => BinaryPrimitives.ReadDoubleBigEndian(Fixed(CqlTypeCode.Double, 8));

    /// <summary>Of a text or ascii.</summary>
    public string GetText() => Encoding.UTF8.GetString(GetTextUtf8());

    /// <summary>A text or ascii without making a string of it.</summary>
    public ReadOnlySpan<byte> GetTextUtf8() => Checked(Type.Code == CqlTypeCode.Ascii ? CqlTypeCode.Ascii : CqlTypeCode.Text);

    public ReadOnlySpan<byte> GetBlob() => Checked(CqlTypeCode.Blob);

    /// <summary>Of a uuid or timeuuid.</summary>
    public Guid GetUuid() => new(Fixed(Type.Code == CqlTypeCode.Timeuuid ? CqlTypeCode.Timeuuid : CqlTypeCode.Uuid, 16), bigEndian: true);

    public IPAddress GetInet()
    {
        var bytes = Checked(CqlTypeCode.Inet);
        return bytes.Length is 4 or 16 ? new IPAddress(bytes) : throw WrongSize("4 or 16");
    }

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long GetTimestampMs() => BinaryPrimitives.ReadInt64BigEndian(Fixed(CqlTypeCode.Timestamp, 8));

    /// <exception cref="ArgumentOutOfRangeException">Before year 1 or after 9999, which CQL allows.</exception>
    public DateTimeOffset GetTimestamp() => DateTimeOffset.FromUnixTimeMilliseconds(GetTimestampMs());

    /// <summary>Days since the Unix epoch, negative before it.</summary>
    public int GetDateDays() => (int)(BinaryPrimitives.ReadUInt32BigEndian(Fixed(CqlTypeCode.Date, 4)) ^ 0x80000000);

    /// <exception cref="ArgumentOutOfRangeException">Before year 1 or after 9999, which CQL allows.</exception>
    public DateOnly GetDate() => DateOnly.FromDayNumber(checked(GetDateDays() + UnixEpochDay));

    /// <summary>Nanoseconds since midnight.</summary>
    public long GetTimeNs() => BinaryPrimitives.ReadInt64BigEndian(Fixed(CqlTypeCode.Time, 8));

    public CqlDuration GetDuration() => CqlDuration.Read(Type.Code == CqlTypeCode.Duration ? Checked(CqlTypeCode.Duration) : throw WrongType(CqlTypeCode.Duration));

    public BigInteger GetVarint()
    {
        var bytes = Checked(CqlTypeCode.Varint);
        return bytes.Length > 0 ? new BigInteger(bytes, isBigEndian: true) : throw WrongSize("at least 1");
    }

    public CqlDecimal GetDecimal()
    {
        var bytes = Checked(CqlTypeCode.Decimal);
        return bytes.Length > 4
            ? new CqlDecimal(new BigInteger(bytes[4..], isBigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes))
            : throw WrongSize("at least 5");
    }

    /// <summary>Elements of a list, set or vector, in their order; none for null, which is what Cassandra keeps of an empty one.</summary>
    public CqlElements GetElements() => Type.Code is CqlTypeCode.List or CqlTypeCode.Set or CqlTypeCode.Vector
        ? new CqlElements(_bytes, IsNull, Type)
        : throw WrongType(CqlTypeCode.List);

    /// <summary>Keys and values of a map, in the order of the keys; none for null.</summary>
    public CqlMapEntries GetMap() => new(IsNull ? [] : Checked(CqlTypeCode.Map), IsNull, Type);

    /// <summary>Fields of a UDT or tuple, in their order.</summary>
    public CqlFields GetFields() => new(Checked(Type.Code == CqlTypeCode.Udt ? CqlTypeCode.Udt : CqlTypeCode.Tuple), Type);

    /// <summary>The floats of a vector.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="ArgumentException"><paramref name="target"/> is shorter than the vector.</exception>
    public int CopyVector(Span<float> target)
    {
        var bytes = Checked(CqlTypeCode.Vector);
        if (Type.Arguments[0].Code != CqlTypeCode.Float)
            throw new InvalidOperationException($"{Name} is {Type}, expected a vector of float.");
        if (bytes.Length != Type.Dimension * sizeof(float))
            throw WrongSize($"{Type.Dimension * sizeof(float)}");

        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, Type.Dimension, nameof(target));
        for (var i = 0; i < Type.Dimension; i++)
            target[i] = BinaryPrimitives.ReadSingleBigEndian(bytes[(i * sizeof(float))..]);
        return Type.Dimension;
    }

    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Fixed(CqlTypeCode code, int size)
    {
        if (Type.Code != code || _bytes.Length != size)
            ThrowNotFixed(code, size);
        return _bytes;
    }

    private ReadOnlySpan<byte> Checked(CqlTypeCode code)
    {
        if (Type.Code != code)
            throw WrongType(code);
        return IsNull ? throw Null() : _bytes;
    }

    [DoesNotReturn]
    private void ThrowNotFixed(CqlTypeCode code, int size) =>
        throw (Type.Code != code ? WrongType(code) : IsNull ? Null() : WrongSize($"{size}"));

    private InvalidOperationException WrongType(CqlTypeCode expected) => new($"{Label} is {Type}, expected {CqlType.NameOf(expected)}.");

    private InvalidOperationException Null() => new($"{Label} is null, expected {Type}: look at IsNull first.");

    private CqlProtocolException WrongSize(string expected) => new($"{Label}, {Type}, has {_bytes.Length} bytes, expected {expected}.");

    private string Label => Name.Length == 0 ? "The element" : Name;
}
