using System.Net;
using System.Numerics;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Statements;

/// <summary>Each type written, as bytes, and read back.</summary>
public sealed class ValueTests
{
    private static readonly CqlType Int = CqlType.Native(CqlTypeCode.Int);
    private static readonly CqlType Text = CqlType.Native(CqlTypeCode.Text);

    private delegate T Getter<out T>(CqlValue value);

    private static ValueWriter Writer(GrowingBuffer buffer, params CqlType[] types)
    {
        var writer = new ValueWriter(buffer);
        writer.Begin([.. types.Select((type, i) => new CqlColumn("ks", "t", $"v{i}", type))]);
        return writer;
    }

    private static void Check<T>(CqlType type, string expected, Action<ValueWriter> append, Getter<T> get, T value)
    {
        using var buffer = new GrowingBuffer();
        var writer = Writer(buffer, type);
        append(writer);
        writer.RequireComplete();
        Hex.AssertEqual(expected, buffer.Written);

        var reader = new BodyReader(buffer.Written);
        var bytes = reader.ReadBytes(out var isNull);
        Assert.Equal(value, get(new CqlValue(bytes, isNull, type, "v")));
    }

    private static void Check<T>(CqlTypeCode type, string expected, Action<ValueWriter> append, Getter<T> get, T value) =>
        Check(CqlType.Native(type), expected, append, get, value);

    [Fact]
    public void Numbers()
    {
        Check(CqlTypeCode.Boolean, "00000001 01", w => w.AppendBoolean(true), v => v.GetBoolean(), true);
        Check(CqlTypeCode.Tinyint, "00000001 80", w => w.AppendTinyint(-128), v => v.GetTinyint(), (sbyte)-128);
        Check(CqlTypeCode.Smallint, "00000002 FFFE", w => w.AppendSmallint(-2), v => v.GetSmallint(), (short)-2);
        Check(CqlTypeCode.Int, "00000004 80000000", w => w.AppendInt(int.MinValue), v => v.GetInt(), int.MinValue);
        Check(CqlTypeCode.Bigint, "00000008 0102030405060708", w => w.AppendBigint(0x0102030405060708), v => v.GetBigint(), 0x0102030405060708);
        Check(CqlTypeCode.Counter, "00000008 FFFFFFFFFFFFFFFF", w => w.AppendCounter(-1), v => v.GetBigint(), -1);
        Check(CqlTypeCode.Float, "00000004 3F800000", w => w.AppendFloat(1), v => v.GetFloat(), 1f);
        Check(CqlTypeCode.Double, "00000008 3FF0000000000000", w => w.AppendDouble(1), v => v.GetDouble(), 1d);
    }

    /// <summary>The examples of the specification, 6.24.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "0080")]
    [InlineData(129, "0081")]
    [InlineData(-1, "FF")]
    [InlineData(-128, "80")]
    [InlineData(-129, "FF7F")]
    public void Varint(int value, string bytes) =>
        Check(CqlTypeCode.Varint, $"{bytes.Length / 2:X8} {bytes}", w => w.AppendVarint(value), v => v.GetVarint(), new BigInteger(value));

    [Fact]
    public void Decimals()
    {
        Check(CqlTypeCode.Decimal, "00000006 00000002 0080", w => w.AppendDecimal(1.28m), v => v.GetDecimal().ToDecimal(), 1.28m);
        Check(CqlTypeCode.Decimal, "00000005 FFFFFFFE FF", w => w.AppendDecimal(new CqlDecimal(-1, -2)), v => v.GetDecimal().ToDecimal(), -100m);
        Assert.Throws<OverflowException>(() => new CqlDecimal(BigInteger.Pow(10, 40), 0).ToDecimal());
        Assert.Throws<OverflowException>(() => new CqlDecimal(1, 29).ToDecimal());
    }

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("-12345678901234567890.123456789")]
    public void Decimal_OfAnySize_RoundTrips(string text)
    {
        var value = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(value, CqlDecimal.FromDecimal(value).ToDecimal());
    }

    [Fact]
    public void TextAndBytes()
    {
        Check(CqlTypeCode.Text, "00000005 'a' E697A5 62", w => w.AppendText("a日b"), v => v.GetText(), "a日b");
        Check(CqlTypeCode.Text, "00000000", w => w.AppendTextUtf8(""u8), v => v.GetText(), "");
        Check(CqlTypeCode.Ascii, "00000001 'a'", w => w.AppendText("a"), v => v.GetText(), "a");
        Check(CqlTypeCode.Blob, "00000002 CAFE", w => w.AppendBlob(Hex.Bytes("CAFE")), v => Hex.Of(v.GetBlob()), "CAFE");
        Check(CqlTypeCode.Inet, "00000004 7F000001", w => w.AppendInet(IPAddress.Loopback), v => v.GetInet(), IPAddress.Loopback);
        Check(CqlTypeCode.Inet, "00000010 00000000000000000000000000000001", w => w.AppendInet(IPAddress.IPv6Loopback), v => v.GetInet(), IPAddress.IPv6Loopback);
        var id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        Check(CqlTypeCode.Uuid, "00000010 00112233445566778899AABBCCDDEEFF", w => w.AppendUuid(id), v => v.GetUuid(), id);
    }

    [Fact]
    public void Times()
    {
        Check(CqlTypeCode.Timestamp, "00000008 FFFFFFFFFFFFFFFF", w => w.AppendTimestamp(DateTimeOffset.UnixEpoch.AddMilliseconds(-1)), v => v.GetTimestampMs(), -1);
        Check(CqlTypeCode.Date, "00000004 80000000", w => w.AppendDate(new DateOnly(1970, 1, 1)), v => v.GetDate(), new DateOnly(1970, 1, 1));
        Check(CqlTypeCode.Date, "00000004 7FFFFFFF", w => w.AppendDate(new DateOnly(1969, 12, 31)), v => v.GetDateDays(), -1);
        Check(CqlTypeCode.Time, "00000008 00004E94914EFFFF", w => w.AppendTimeNs(86_399_999_999_999), v => v.GetTimeNs(), 86_399_999_999_999);
    }

    /// <summary>RFC 9562, A.1: a version 1 UUID of 2022-02-22T19:22:22Z.</summary>
    [Fact]
    public void TimeUuids()
    {
        var time = new DateTimeOffset(2022, 2, 22, 19, 22, 22, TimeSpan.Zero);
        Assert.Equal(time, TimeUuid.TimeOf(Guid.Parse("C232AB00-9414-11EC-B3C8-9F6BDECED846")));

        var made = TimeUuid.Create(time);
        Assert.Equal(time, TimeUuid.TimeOf(made));
        Assert.StartsWith("c232ab00-9414-11ec-", made.ToString(), StringComparison.Ordinal);
        Check(CqlTypeCode.Timeuuid, $"00000010 {made:N}", w => w.AppendUuid(made), v => v.GetUuid(), made);
        Assert.Throws<ArgumentException>(() => Written([CqlType.Native(CqlTypeCode.Timeuuid)], w => w.AppendUuid(Guid.NewGuid())));
    }

    [Theory]
    [InlineData(0, 0, 0, "00000003 00 00 00")]
    [InlineData(1, 2, 3, "00000003 02 04 06")]
    [InlineData(-1, -64, -65, "00000004 01 7F 8081")]
    [InlineData(0, 0, 128_000, "00000005 00 00 C3E800")]
    [InlineData(0, 0, long.MaxValue, "0000000B 00 00 FFFFFFFFFFFFFFFFFE")]
    [InlineData(int.MinValue, 0, long.MinValue, "0000000F F0FFFFFFFF 00 FFFFFFFFFFFFFFFFFF")]
    public void Duration(int months, int days, long nanoseconds, string bytes)
    {
        var value = new CqlDuration(months, days, nanoseconds);
        Check(CqlTypeCode.Duration, bytes, w => w.AppendDuration(value), v => v.GetDuration(), value);
    }

    [Fact]
    public void Duration_OfTwoSigns_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Written([CqlType.Native(CqlTypeCode.Duration)], w => w.AppendDuration(new CqlDuration(1, -1, 0))));

    [Fact]
    public void VariableIntegers_AreOfTheLeastSize()
    {
        foreach (var shift in Enumerable.Range(0, 64))
        {
            foreach (var value in new[] { 1UL << shift, (1UL << shift) - 1 })
            {
                var bytes = Hex.Written(buffer => VariableInteger.WriteUnsigned(buffer, value));
                var reader = new BodyReader(bytes);
                Assert.Equal(value, VariableInteger.ReadUnsigned(ref reader));
                Assert.Equal(0, reader.Remaining);
                var bits = value == 0 ? 1 : 64 - BitOperations.LeadingZeroCount(value);
                Assert.Equal(bits > 56 ? 9 : (bits + 6) / 7, bytes.Length);
            }
        }

        // The specification's example.
        Hex.AssertEqual("C3E800", Hex.Written(buffer => VariableInteger.WriteUnsigned(buffer, 256_000)));
    }

    [Fact]
    public void Collections()
    {
        Check(CqlType.List(Int), "00000014 00000002 00000004 00000001 00000004 00000002", w => w.BeginList().AppendInt(1).AppendInt(2).End(), Join, "1,2");
        Check(CqlType.Set(Text), "00000009 00000001 00000001 'a'", w => w.BeginSet().AppendText("a").End(), Join, "a");
        Check(CqlType.List(Int), "00000004 00000000", w => w.BeginList().End(), Join, "");
        Check(
            CqlType.Map(Text, CqlType.List(Int)),
            "00000019 00000001 00000001 'a' 0000000C 00000001 00000004 00000007",
            w => w.BeginMap().AppendText("a").BeginList().AppendInt(7).End().End(),
            v =>
            {
                var entries = v.GetMap();
                Assert.Equal(1, entries.Count);
                Assert.True(entries.MoveNext());
                return $"{entries.Key.GetText()}={Join(entries.Value)}";
            },
            "a=7");
    }

    [Fact]
    public void UdtsAndTuples()
    {
        var udt = CqlType.Udt("ks", "u", ("a", Int), ("b", Text), ("c", Int));
        Check(udt, "00000015 00000004 00000001 00000001 'x' 00000004 00000003", w => w.BeginUdt().AppendInt(1).AppendText("x").AppendInt(3).End(), Join, "1,x,3");
        Check(udt, "0000000C 00000004 00000001 FFFFFFFF", w => w.BeginUdt().AppendInt(1).AppendNull().End(), Join, "1,null,null");
        Check(CqlType.Tuple(Int, Text), "0000000D 00000004 00000001 00000001 'x'", w => w.BeginTuple().AppendInt(1).AppendText("x").End(), Join, "1,x");
    }

    [Fact]
    public void Vectors()
    {
        var floats = CqlType.Vector(CqlType.Native(CqlTypeCode.Float), 2);
        Check(floats, "00000008 3F800000 40000000", w => w.AppendVector([1, 2]), v => { var target = new float[2]; return $"{v.CopyVector(target)}: {string.Join(',', target)}"; }, "2: 1,2");
        Check(CqlType.Vector(Text, 2), "00000005 01 'a' 02 'bc'", w => w.BeginVector().AppendText("a").AppendText("bc").End(), Join, "a,bc");
        Check(CqlType.Vector(CqlType.Native(CqlTypeCode.Smallint), 1), "00000003 02 0007", w => w.BeginVector().AppendSmallint(7).End(), v => Only(v).GetSmallint(), (short)7);
        Check(CqlType.Vector(CqlType.List(Int), 1), "0000000D 0C 00000001 00000004 00000007", w => w.BeginVector().BeginList().AppendInt(7).End().End(), v => Join(Only(v)), "7");
        Check(CqlType.Vector(CqlType.Vector(Int, 2), 1), "00000008 00000001 00000002", w => w.BeginVector().BeginVector().AppendInt(1).AppendInt(2).End().End(), v => Join(Only(v)), "1,2");
        Assert.Throws<InvalidOperationException>(() => Written([floats], w => w.AppendVector([1])));
    }

    [Fact]
    public void NullAndUnset()
    {
        Hex.AssertEqual("FFFFFFFF FFFFFFFE", Written([Int, Text], w => w.AppendNull().AppendUnset()));
        Assert.True(new CqlValue([], true, Int, "v").IsNull);
        Assert.Equal("v is null, expected int: look at IsNull first.", Assert.Throws<InvalidOperationException>(() => new CqlValue([], true, Int, "v").GetInt()).Message);
    }

    [Fact]
    public void Mistakes_AreNamed()
    {
        Assert.Equal("Expected int for v0, got bigint.", Mistake([Int], w => w.AppendBigint(1)));
        Assert.Equal("Expected text for v1, got int.", Mistake([Int, CqlType.List(Text)], w => w.AppendInt(1).BeginList().AppendInt(1)));
        Assert.Equal("Expected text for v0, got list.", Mistake([Text], w => w.BeginList()));
        Assert.Equal("1 of 2 values were appended; the next is v1, text.", Mistake([Int, Text], w => w.AppendInt(1)));
        Assert.Equal("The statement has 1 variables, and all have their values.", Mistake([Int], w => w.AppendInt(1).AppendInt(2)));
        Assert.Equal("A list<int> was begun and not ended.", Mistake([CqlType.List(Int)], w => w.BeginList()));
        Assert.Equal("A map ends with a key that has no value.", Mistake([CqlType.Map(Int, Int)], w => w.BeginMap().AppendInt(1).End()));
        Assert.Equal("Nothing was begun that could end.", Mistake([Int], w => w.End()));
        Assert.Equal("tuple<int> has 1 fields, and all have their values.", Mistake([CqlType.Tuple(Int)], w => w.BeginTuple().AppendInt(1).AppendInt(1)));
        Assert.Throws<InvalidOperationException>(() => Written([CqlType.List(Int)], w => w.BeginList().AppendUnset()));
        Assert.Throws<ArgumentException>(() => Written([CqlType.Native(CqlTypeCode.Ascii)], w => w.AppendText("ö")));
    }

    [Fact]
    public void Read_OfAnotherTypeOrSize_IsNamed()
    {
        Assert.Equal("v is int, expected bigint.", Assert.Throws<InvalidOperationException>(() => new CqlValue(new byte[8], false, Int, "v").GetBigint()).Message);
        Assert.Equal("v, int, has 8 bytes, expected 4.", Assert.Throws<CqlProtocolException>(() => new CqlValue(new byte[8], false, Int, "v").GetInt()).Message);
        Assert.Throws<CqlProtocolException>(() => new CqlValue(Hex.Bytes("00000007"), false, CqlType.List(Int), "v").GetElements());
        Assert.Throws<CqlProtocolException>(() => new CqlValue(Hex.Bytes("FFFFFFFF"), false, CqlType.Map(Int, Int), "v").GetMap());
        Assert.Throws<CqlProtocolException>(() => Join(new CqlValue(Hex.Bytes("FFFFFFFFFFFFFFFFFF"), false, CqlType.Vector(Text, 1), "v")));
        Assert.Throws<CqlProtocolException>(() => Join(new CqlValue(Hex.Bytes("00000009 00"), false, CqlType.Tuple(Int), "v")));
    }

    private static CqlValue Only(CqlValue value)
    {
        var elements = value.GetElements();
        Assert.True(elements.MoveNext());
        return elements.Current;
    }

    private static string Join(CqlValue value)
    {
        List<string> parts = [];
        if (value.Type.Code is CqlTypeCode.Udt or CqlTypeCode.Tuple)
        {
            foreach (var field in value.GetFields())
                parts.Add(Print(field));
        }
        else
        {
            foreach (var element in value.GetElements())
                parts.Add(Print(element));
        }

        return string.Join(',', parts);
    }

    private static string Print(CqlValue value) => value.IsNull ? "null" : value.Type.Code == CqlTypeCode.Int ? $"{value.GetInt()}" : value.GetText();

    private static byte[] Written(CqlType[] types, Action<ValueWriter> append) => Hex.Written(buffer => append(Writer(buffer, types)));

    private static string Mistake(CqlType[] types, Action<ValueWriter> append)
    {
        using var buffer = new GrowingBuffer();
        var writer = Writer(buffer, types);
        return Assert.Throws<InvalidOperationException>(() => { append(writer); writer.RequireComplete(); }).Message;
    }
}
