using System.Net;
using System.Numerics;

namespace StockAspire.Cql.Tests.Nodes;

/// <summary>Every type, written by this client and read back, and as the server itself prints it.</summary>
public sealed class TypesOnCassandraTests(SingleCassandra cassandra) : IClassFixture<SingleCassandra>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProtocolVersion.V4, false)]
    [InlineData(ProtocolVersion.V4, true)]
    [InlineData(ProtocolVersion.V5, false)]
    [InlineData(ProtocolVersion.V5, true)]
    public async Task Natives_RoundTrip(ProtocolVersion version, bool isCompressed)
    {
        await using var session = await cassandra.ConnectAsync(options => (options.ProtocolVersion, options.UseCompression) = (version, isCompressed));
        await RunAsync(
            session,
            "CREATE TABLE t (id int PRIMARY KEY, a ascii, bi bigint, bl blob, bo boolean, de decimal, do double, fl float, ti timestamp, uu uuid, te text, va varint, tu timeuuid, ip inet, da date, tm time, sm smallint, ty tinyint, du duration)");
        var insert = await session.PrepareAsync("INSERT INTO t (id, a, bi, bl, bo, de, do, fl, ti, uu, te, va, tu, ip, da, tm, sm, ty, du) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", Cancel);
        var id = Guid.NewGuid();
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, 789, TimeSpan.Zero);
        var timeId = TimeUuid.Create(time);
        var text = string.Concat(Enumerable.Repeat("日本 ", 1000));
        using var bound = insert.Bind();
        bound.Values.AppendInt(1).AppendText("ascii").AppendBigint(long.MinValue).AppendBlob([1, 0, 255]).AppendBoolean(true).AppendDecimal(-123.4500m)
            .AppendDouble(double.Epsilon).AppendFloat(-0.5f).AppendTimestamp(time).AppendUuid(id).AppendText(text).AppendVarint(BigInteger.Pow(-7, 99))
            .AppendUuid(timeId).AppendInet(IPAddress.IPv6Loopback).AppendDate(new DateOnly(1969, 7, 20)).AppendTimeNs(86_399_999_999_999)
            .AppendSmallint(short.MinValue).AppendTinyint(-1).AppendDuration(new CqlDuration(1, 2, 3_000_000_000));
        (await session.ExecuteAsync(bound, Cancel)).Dispose();

        // What was not set, and what is null, is null.
        bound.ClearValues().AppendInt(2).AppendNull();
        for (var i = 0; i < 17; i++)
            bound.Values.AppendUnset();
        (await session.ExecuteAsync(bound, Cancel)).Dispose();

        var select = await session.PrepareAsync("SELECT a, bi, bl, bo, de, do, fl, ti, uu, te, va, tu, ip, da, tm, sm, ty, du, toJson(du) FROM t WHERE id = ?", Cancel);
        using var query = select.Bind();
        query.Values.AppendInt(1);
        using var result = await session.ExecuteAsync(query, Cancel);
        Assert.Equal(1, result.RowCount);
        foreach (var row in result)
        {
            Assert.Equal("ascii", row[0].GetText());
            Assert.Equal(long.MinValue, row[1].GetBigint());
            Assert.Equal("0100FF", Hex.Of(row[2].GetBlob()));
            Assert.True(row[3].GetBoolean());
            Assert.Equal(-123.4500m, row[4].GetDecimal().ToDecimal());
            Assert.Equal(double.Epsilon, row[5].GetDouble());
            Assert.Equal(-0.5f, row[6].GetFloat());
            Assert.Equal(time, row[7].GetTimestamp());
            Assert.Equal(id, row[8].GetUuid());
            Assert.Equal(text, row[9].GetText());
            Assert.Equal(BigInteger.Pow(-7, 99), row[10].GetVarint());
            Assert.Equal(time, TimeUuid.TimeOf(row[11].GetUuid()));
            Assert.Equal(IPAddress.IPv6Loopback, row[12].GetInet());
            Assert.Equal(new DateOnly(1969, 7, 20), row[13].GetDate());
            Assert.Equal(86_399_999_999_999, row[14].GetTimeNs());
            Assert.Equal(short.MinValue, row[15].GetSmallint());
            Assert.Equal(-1, row[16].GetTinyint());
            Assert.Equal(new CqlDuration(1, 2, 3_000_000_000), row[17].GetDuration());
            Assert.Equal("\"1mo2d3s\"", row[18].GetText());
        }

        query.ClearValues().AppendInt(2);
        using var nulls = await session.ExecuteAsync(query, Cancel);
        foreach (var row in nulls)
        {
            for (var i = 0; i < 18; i++)
                Assert.True(row[i].IsNull);
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Collections_RoundTrip(ProtocolVersion version)
    {
        await using var session = await cassandra.ConnectAsync(options => options.ProtocolVersion = version);
        await RunAsync(session, "CREATE TYPE address (street text, number int)");
        await RunAsync(session, "CREATE TABLE t (id int PRIMARY KEY, l list<int>, s set<text>, m map<text, frozen<list<bigint>>>, u frozen<address>, tu tuple<int, text, boolean>, v vector<float, 3>, vt vector<text, 2>, vs vector<smallint, 2>, vl vector<frozen<list<int>>, 2>, vv vector<vector<int, 2>, 2>, vd vector<date, 1>, vi vector<tinyint, 2>, vm vector<time, 1>)");
        var insert = await session.PrepareAsync("INSERT INTO t (id, l, s, m, u, tu, v, vt, vs, vl, vv, vd, vi, vm) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", Cancel);
        using var bound = insert.Bind();
        bound.Values.AppendInt(1)
            .BeginList().AppendInt(3).AppendInt(1).End()
            .BeginSet().AppendText("b").AppendText("a").AppendText("b").End()
            .BeginMap().AppendText("k").BeginList().AppendBigint(1).AppendBigint(-1).End().End()
            .BeginUdt().AppendText("Main").AppendInt(5).End()
            .BeginTuple().AppendInt(1).AppendNull().AppendBoolean(true).End()
            .AppendVector([1, 2.5f, -3])
            .BeginVector().AppendText("").AppendText(new string('x', 300)).End()
            .BeginVector().AppendSmallint(1).AppendSmallint(-2).End()
            .BeginVector().BeginList().AppendInt(1).End().BeginList().End().End()
            .BeginVector().BeginVector().AppendInt(1).AppendInt(2).End().BeginVector().AppendInt(3).AppendInt(4).End().End()
            .BeginVector().AppendDateDays(1).End()
            .BeginVector().AppendTinyint(1).AppendTinyint(2).End()
            .BeginVector().AppendTimeNs(1).End();
        (await session.ExecuteAsync(bound, Cancel)).Dispose();

        using var json = await session.ExecuteAsync("SELECT JSON l, s, m, u, tu, v, vs, vl, vv, vd, vi, vm FROM t", Cancel);
        foreach (var row in json)
            Assert.Equal("{\"l\": [3, 1], \"s\": [\"a\", \"b\"], \"m\": {\"k\": [1, -1]}, \"u\": {\"street\": \"Main\", \"number\": 5}, \"tu\": [1, null, true], \"v\": [1.0, 2.5, -3.0], \"vs\": [1, -2], \"vl\": [[1], []], \"vv\": [[1, 2], [3, 4]], \"vd\": [\"1970-01-02\"], \"vi\": [1, 2], \"vm\": [\"00:00:00.000000001\"]}", row[0].GetText());

        using var result = await session.ExecuteAsync("SELECT l, s, m, u, tu, v, vt, vl FROM t", Cancel);
        Assert.Equal(1, result.RowCount);
        foreach (var row in result)
        {
            List<int> list = [];
            foreach (var element in row["l"].GetElements())
                list.Add(element.GetInt());
            Assert.Equal([3, 1], list);

            List<string> set = [];
            foreach (var element in row["s"].GetElements())
                set.Add(element.GetText());
            Assert.Equal(["a", "b"], set);

            var map = row["m"].GetMap();
            Assert.True(map.MoveNext());
            Assert.Equal("k", map.Key.GetText());
            Assert.Equal(2, map.Value.GetElements().Count);

            var fields = row["u"].GetFields();
            Assert.Equal("Main", fields.Next().GetText());
            Assert.Equal(5, fields.Next().GetInt());

            fields = row["tu"].GetFields();
            Assert.Equal(1, fields.Next().GetInt());
            Assert.True(fields.Next().IsNull);

            var vector = new float[3];
            Assert.Equal(3, row["v"].CopyVector(vector));
            Assert.Equal([1, 2.5f, -3], vector);

            List<int> sizes = [];
            foreach (var element in row["vt"].GetElements())
                sizes.Add(element.GetText().Length);
            Assert.Equal([0, 300], sizes);

            List<int> counts = [];
            foreach (var element in row["vl"].GetElements())
                counts.Add(element.GetElements().Count);
            Assert.Equal([1, 0], counts);
        }
    }

    /// <summary>Requests and answers over many segments of version 5, and over many reads of a socket.</summary>
    [Theory]
    [InlineData(ProtocolVersion.V4, false)]
    [InlineData(ProtocolVersion.V4, true)]
    [InlineData(ProtocolVersion.V5, false)]
    [InlineData(ProtocolVersion.V5, true)]
    public async Task LargeValues_RoundTrip(ProtocolVersion version, bool isCompressed)
    {
        await using var session = await cassandra.ConnectAsync(options => (options.ProtocolVersion, options.UseCompression) = (version, isCompressed));
        await RunAsync(session, "CREATE TABLE t (k int PRIMARY KEY, v blob)");
        var insert = await session.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", Cancel);
        int[] sizes = [0, 500, 65_536, 131_071, 131_072, 1_000_000, 3_000_000];
        var random = new Random(1);
        var values = sizes.Select(size => new byte[size]).ToList();
        foreach (var value in values)
            random.NextBytes(value.AsSpan(0, value.Length / 2));
        await Task.WhenAll(values.Select(async (value, i) =>
        {
            using var bound = insert.Bind();
            bound.Values.AppendInt(i).AppendBlob(value);
            (await session.ExecuteAsync(bound, Cancel)).Dispose();
        }));

        using var result = await session.ExecuteAsync("SELECT k, v FROM t", Cancel);
        Assert.Equal(sizes.Length, result.RowCount);
        foreach (var row in result)
            Assert.True(row[1].GetBlob().SequenceEqual(values[row[0].GetInt()]));
    }

    [Fact]
    public async Task Udt_ThatGrew_ReadsTheOldAndTheNew()
    {
        await using var session = await cassandra.ConnectAsync();
        await RunAsync(session, "CREATE TYPE u (a int)");
        await RunAsync(session, "CREATE TABLE t (id int PRIMARY KEY, u frozen<u>)");
        var insert = await session.PrepareAsync("INSERT INTO t (id, u) VALUES (?, ?)", Cancel);
        using var bound = insert.Bind();
        bound.Values.AppendInt(1).BeginUdt().AppendInt(7).End();
        (await session.ExecuteAsync(bound, Cancel)).Dispose();
        await RunAsync(session, "ALTER TYPE u ADD b text");
        bound.ClearValues().AppendInt(2).BeginUdt().AppendInt(8).End();
        (await session.ExecuteAsync(bound, Cancel)).Dispose();

        Dictionary<int, string> read = [];
        using var result = await session.ExecuteAsync("SELECT id, u FROM t", Cancel);
        foreach (var row in result)
        {
            var fields = row[1].GetFields();
            read[row[0].GetInt()] = $"{fields.Next().GetInt()},{(fields.Next().IsNull ? "null" : "?")}";
        }

        Assert.Equal(new Dictionary<int, string> { [1] = "7,null", [2] = "8,null" }, read);
    }

    [Fact]
    public async Task Counters_Count()
    {
        await using var session = await cassandra.ConnectAsync();
        await RunAsync(session, "CREATE TABLE t (id int PRIMARY KEY, c counter)");
        var update = await session.PrepareAsync("UPDATE t SET c = c + ? WHERE id = ?", Cancel);
        using var batch = new BatchStatement(CqlBatchKind.Counter);
        batch.Add(update).AppendCounter(5).AppendInt(1);
        batch.Add(update).AppendCounter(-2).AppendInt(1);
        (await session.ExecuteAsync(batch, Cancel)).Dispose();

        using var result = await session.ExecuteAsync("SELECT c FROM t WHERE id = 1", Cancel);
        foreach (var row in result)
            Assert.Equal(3, row[0].GetBigint());
    }

    private static async Task RunAsync(CqlSession session, string cql) => (await session.ExecuteAsync(cql, Cancel)).Dispose();
}
