using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Tests.Rows;

public sealed class CqlResultTests
{
    /// <summary>Kind, flags (global table), two columns of ks.t: a int, b text.</summary>
    private const string Head = "00000002 00000001 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D ";

    private static readonly CqlColumn[] Columns =
        [new("ks", "t", "a", CqlType.Native(CqlTypeCode.Int)), new("ks", "t", "b", CqlType.Native(CqlTypeCode.Text))];

    private static CqlResult Read(string body, KnownColumns? known = null, FrameFlags flags = FrameFlags.None)
    {
        var bytes = Hex.Bytes(body);
        return CqlResult.Read(new ResponseBody(new FrameHeader(ProtocolVersion.V4, true, flags, 0, Opcode.Result, bytes.Length), bytes, bytes.Length), known);
    }

    private static string Print(CqlResult result)
    {
        List<string> rows = [];
        foreach (var row in result)
        {
            var values = new string[row.Count];
            for (var i = 0; i < row.Count; i++)
                values[i] = row[i].IsNull ? "null" : row[i].Type.Code == CqlTypeCode.Int ? $"{row[i].GetInt()}" : row[i].GetText();
            rows.Add(string.Join(',', values));
        }

        return string.Join("; ", rows);
    }

    [Fact]
    public void Rows_AreReadInPlace()
    {
        var result = Read(Head + "00000003  00000004 00000007 00000001 'x'  FFFFFFFF 00000000  00000004 00000000 FFFFFFFF");
        Assert.Equal("7,x; null,; 0,null", Print(result));
        Assert.Equal(1, result.IndexOf("b"));
        Assert.True(result.PagingState.IsEmpty);
        Assert.Throws<KeyNotFoundException>(() => result.IndexOf("c"));
    }

    [Fact]
    public void Rows_WithMorePages_HaveAState()
    {
        var result = Read("00000002 00000003 00000001 00000002 ABCD 0002 'ks' 0001 't' 0001 'a' 0009 00000000");
        Hex.AssertEqual("ABCD", result.PagingState.Span);
        Assert.Equal(0, result.RowCount);
    }

    [Fact]
    public void Rows_OfSeveralTables_NameEach()
    {
        var result = Read("00000002 00000000 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0002 'k2' 0001 'u' 0001 'b' 000D 00000000");
        Assert.Equal(["ks.t.a", "k2.u.b"], result.Columns.Select(column => $"{column.Keyspace}.{column.Table}.{column.Name}"));
    }

    [Fact]
    public void Columns_WithTheBytesOfTheKnown_AreTheKnown()
    {
        var known = KnownColumns.Of(Columns, ProtocolVersion.V4);
        Assert.Same(known.Columns, Read(Head + "00000000", known).ColumnArray);
    }

    /// <summary>What ALTER TABLE does to SELECT *: the id stays, the columns do not. Those that came with the rows decide.</summary>
    [Fact]
    public void Columns_OtherThanTheKnown_Win()
    {
        var known = KnownColumns.Of([Columns[0], Columns[0]], ProtocolVersion.V4);
        Assert.Equal("7,x", Print(Read(Head + "00000001 00000004 00000007 00000001 'x'", known)));
    }

    [Fact]
    public void Columns_LeftOut_AreTheKnown()
    {
        var known = KnownColumns.Of(Columns, ProtocolVersion.V5);
        Assert.Equal("7,x", Print(Read("00000002 00000004 00000002 00000001 00000004 00000007 00000001 'x'", known)));
        Assert.Throws<CqlProtocolException>(() => Read("00000002 00000004 00000003 00000000", known));
        Assert.Throws<CqlProtocolException>(() => Read("00000002 00000004 00000002 00000000"));
    }

    [Fact]
    public void OtherKinds()
    {
        Assert.Equal(0, Read("00000001").RowCount);
        Assert.Equal("ks", Read("00000003 0002 'ks'").Keyspace);
        Assert.Equal(new { Change = "CREATED", Name = "t" }, new { Read("00000005 0007 'CREATED' 0005 'TABLE' 0002 'ks' 0001 't'").SchemaChange!.Change, Read("00000005 0007 'CREATED' 0005 'TABLE' 0002 'ks' 0001 't'").SchemaChange!.Name });
        Assert.Equal(["w"], Read("0001 0001 'w' 00000001", flags: FrameFlags.Warning).Warnings);
        Assert.Throws<CqlProtocolException>(() => Read("00000009"));
    }

    [Theory]
    [InlineData("01", true)]
    [InlineData("00", false)]
    public void WasApplied_IsTheFirstColumnOfAConditional(string value, bool expected) =>
        Assert.Equal(expected, Read($"00000002 00000001 00000001 0002 'ks' 0001 't' 0009 '[applied]' 0004 00000001 00000001 {value}").WasApplied());

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("00000002 00000004 00000007 FFFFFFFF")]
    public void Rows_FewerThanPromised_AreRefusedAtOnce(string rows) => Assert.Throws<CqlProtocolException>(() => Read(Head + rows));

    [Fact]
    public void Rows_ThatOverrun_AreRefusedWhenReached()
    {
        var result = Read(Head + "00000001 00000004 00000007 00000009 'x'");
        Assert.Throws<CqlProtocolException>(() => Print(result));
    }

    [Fact]
    public void Rows_AllocateNothingEach()
    {
        var result = Read(Head + "000003E8" + string.Concat(Enumerable.Repeat("00000004 00000007 00000001 'x'", 1000)));
        Sum(result);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = Sum(result);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // One array of positions for the page: far below one byte a row.
        Assert.Equal(8000, sum);
        Assert.InRange(allocated, 0, 200);
    }

    private static long Sum(CqlResult result)
    {
        long sum = 0;
        foreach (var row in result)
            sum += row[0].GetInt() + row[1].GetTextUtf8().Length;
        return sum;
    }
}
