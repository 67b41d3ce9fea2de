using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Types;

public sealed class CqlTypeTests
{
    [Theory]
    [InlineData("0001", "ascii")]
    [InlineData("0002", "bigint")]
    [InlineData("0003", "blob")]
    [InlineData("0004", "boolean")]
    [InlineData("0005", "counter")]
    [InlineData("0006", "decimal")]
    [InlineData("0007", "double")]
    [InlineData("0008", "float")]
    [InlineData("0009", "int")]
    [InlineData("000B", "timestamp")]
    [InlineData("000C", "uuid")]
    [InlineData("000D", "text")]
    [InlineData("000E", "varint")]
    [InlineData("000F", "timeuuid")]
    [InlineData("0010", "inet")]
    [InlineData("0011", "date")]
    [InlineData("0012", "time")]
    [InlineData("0013", "smallint")]
    [InlineData("0014", "tinyint")]
    [InlineData("0015", "duration")]
    [InlineData("0020 0009", "list<int>")]
    [InlineData("0022 000D", "set<text>")]
    [InlineData("0021 000D 0020 0002", "map<text, list<bigint>>")]
    [InlineData("0031 0002 0009 000D", "tuple<int, text>")]
    [InlineData("0030 0002 'ks' 0003 'udt' 0001 0001 'a' 0009", "ks.udt")]
    [InlineData("0000 0003 'a.B'", "'a.B'")]
    [InlineData("0000 0050 'org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType , 3)'", "vector<float, 3>")]
    public void Option_ReadsAndWrites(string bytes, string expected)
    {
        bytes = bytes.Replace("0050", $"{(bytes.Split('\'').Length > 1 ? bytes.Split('\'')[1].Length : 0):X4}", StringComparison.Ordinal);
        var reader = new BodyReader(Hex.Bytes(bytes));
        var type = CqlType.Read(ref reader);

        Assert.Equal(expected, type.ToString());
        Assert.Equal(0, reader.Remaining);
        Hex.AssertEqual(bytes, Hex.Written(buffer => type.Write(buffer, ProtocolVersion.V5)));
    }

    [Fact]
    public void Duration_InVersion4_IsAClass()
    {
        var bytes = Hex.Written(buffer => CqlType.Native(CqlTypeCode.Duration).Write(buffer, ProtocolVersion.V4));
        var reader = new BodyReader(bytes);

        Hex.AssertEqual("0000 002C 'org.apache.cassandra.db.marshal.DurationType'", bytes);
        Assert.Equal(CqlTypeCode.Duration, CqlType.Read(ref reader).Code);
    }

    [Theory]
    [InlineData("VectorType(Int32Type,2)", "vector<int, 2>")]
    [InlineData("org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FrozenType(org.apache.cassandra.db.marshal.MapType(UTF8Type,LongType)), 4)", "vector<map<text, bigint>, 4>")]
    [InlineData("TupleType(ShortType,ByteType)", "tuple<smallint, tinyint>")]
    [InlineData("UserType(ks,6e,61:Int32Type,62:SetType(UUIDType))", "ks.n")]
    [InlineData("VectorType(Int32Type,0)", "'VectorType(Int32Type,0)'")]
    [InlineData("VectorType(Int32Type", "'VectorType(Int32Type'")]
    [InlineData("VectorType(Unknown,2)", "'VectorType(Unknown,2)'")]
    [InlineData("UserType(ks,6,61:Int32Type)", "'UserType(ks,6,61:Int32Type)'")]
    [InlineData("Int32Type)", "'Int32Type)'")]
    public void ClassName_IsParsed_OrKept(string name, string expected) => Assert.Equal(expected, MarshalClass.Parse(name).ToString());

    [Fact]
    public void ClassName_OfAUserType_RoundTrips()
    {
        var type = CqlType.Udt("ks", "n", ("a", CqlType.Native(CqlTypeCode.Int)), ("b", CqlType.Set(CqlType.Native(CqlTypeCode.Uuid))));
        Assert.Equal(type, MarshalClass.Parse(MarshalClass.NameOf(type)));
    }

    [Fact]
    public void Nesting_WithoutEnd_IsRefused()
    {
        var bytes = Hex.Bytes(string.Concat(Enumerable.Repeat("0020", 100)) + "0009");
        Assert.Throws<CqlProtocolException>(() => { var reader = new BodyReader(bytes); CqlType.Read(ref reader); });
        Assert.Equal(CqlTypeCode.Custom, MarshalClass.Parse(string.Concat(Enumerable.Repeat("ListType(", 100))).Code);
    }

    [Theory]
    [InlineData("000A")]
    [InlineData("0023 0009")]
    [InlineData("0031 FFFF 0009")]
    public void Unknown_OrTooMany_IsRefused(string bytes) =>
        Assert.Throws<CqlProtocolException>(() => { var reader = new BodyReader(Hex.Bytes(bytes)); CqlType.Read(ref reader); });
}
