using StockAspire.Cql.Protocol;
using StockAspire.Cql.Tests.Fakes;
using StockAspire.Cql.Tests.Sessions;

namespace StockAspire.Cql.Tests.Nodes;

/// <summary>What only a real server can confirm.</summary>
public sealed class ClientOnCassandraTests(SingleCassandra cassandra) : IClassFixture<SingleCassandra>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task RunAsync(CqlSession session, string cql) => (await session.ExecuteAsync(cql, Cancel)).Dispose();

    /// <summary>The trap of version 4: the statement keeps its id, its rows get another column.</summary>
    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task AlteredTable_NeverGivesGarbage(ProtocolVersion version)
    {
        await using var session = await cassandra.ConnectAsync(options => options.ProtocolVersion = version);
        await RunAsync(session, "CREATE TABLE t (k int PRIMARY KEY, v int)");
        await RunAsync(session, "INSERT INTO t (k, v) VALUES (1, 7)");
        var select = await session.PrepareAsync("SELECT * FROM t WHERE k = ?", Cancel);
        using var bound = select.Bind();
        bound.Values.AppendInt(1);
        Assert.Equal("k=1 v=7", await PrintAsync());

        for (var i = 0; i < 3; i++)
        {
            await RunAsync(session, $"ALTER TABLE t ADD a{i} text");

            // Someone else prepares the same text first, so that the node knows it again.
            await using var other = await CqlSession.ConnectAsync(Other(session, version), cancel: Cancel);
            await other.PrepareAsync("SELECT * FROM t WHERE k = ?", Cancel);
            await RunAsync(session, $"UPDATE t SET a{i} = 'text {i}' WHERE k = 1");
            var added = string.Concat(Enumerable.Range(0, i + 1).Select(j => $" a{j}=text {j}"));
            Assert.Equal($"k=1{added} v=7", await PrintAsync());
        }

        async Task<string> PrintAsync()
        {
            using var result = await session.ExecuteAsync(bound, Cancel);
            List<string> values = [];
            foreach (var row in result)
            {
                for (var i = 0; i < row.Count; i++)
                    values.Add($"{row[i].Name}={(row[i].Type.Code == CqlTypeCode.Int ? $"{row[i].GetInt()}" : row[i].GetText())}");
            }

            return string.Join(' ', values);
        }
    }

    [Fact]
    public async Task Pages_HoldEveryRowOnce()
    {
        await using var session = await cassandra.ConnectAsync();
        await RunAsync(session, "CREATE TABLE t (k text, n int, v blob, PRIMARY KEY (k, n))");
        var insert = await session.PrepareAsync("INSERT INTO t (k, n, v) VALUES (?, ?, ?)", Cancel);
        insert.IsIdempotent = true;
        var blob = new byte[100];
        using var batch = new BatchStatement(CqlBatchKind.Unlogged) { IsIdempotent = true, TimestampUs = 1_000_000 };
        for (var n = 0; n < 5000; n++)
        {
            batch.Add(insert).AppendText("k").AppendInt(n).AppendBlob(blob);
            if (batch.Count == 100)
            {
                (await session.ExecuteAsync(batch, Cancel)).Dispose();
                batch.Clear();
            }
        }

        var select = await session.PrepareAsync("SELECT n, writetime(v) FROM t WHERE k = ?", Cancel);
        foreach (var pageSize in new[] { 99, 1000, 5000, 10_000 })
        {
            using var bound = select.Bind();
            bound.PageSize = pageSize;
            bound.Values.AppendText("k");
            List<int> read = [];
            var pages = 0;
            await foreach (var page in session.ReadPagesAsync(bound, Cancel))
            {
                pages++;
                foreach (var row in page)
                {
                    read.Add(row[0].GetInt());
                    Assert.Equal(1_000_000, row[1].GetBigint());
                }
            }

            Assert.Equal(Enumerable.Range(0, 5000), read);
            Assert.InRange(pages, (5000 + pageSize - 1) / pageSize, (5000 / pageSize) + 1);
        }
    }

    [Fact]
    public async Task Tokens_AreTheServers()
    {
        await using var session = await cassandra.ConnectAsync();
        await RunAsync(session, "CREATE TABLE t (a text, b int, c bigint, PRIMARY KEY ((a, b)))");
        var insert = await session.PrepareAsync("INSERT INTO t (c, b, a) VALUES (?, ?, ?)", Cancel);
        var select = await session.PrepareAsync("SELECT token(a, b) FROM t WHERE a = ? AND b = ?", Cancel);
        foreach (var size in Enumerable.Range(0, 40))
        {
            var text = string.Concat(Enumerable.Range(0, size).Select(i => (char)(i % 3 == 0 ? 0x65E5 + i : 'a' + i)));
            using var bound = insert.Bind();
            bound.Values.AppendBigint(1).AppendInt(-size).AppendText(text);
            (await session.ExecuteAsync(bound, Cancel)).Dispose();
            using var query = select.Bind();
            query.Values.AppendText(text).AppendInt(-size);
            using var result = await session.ExecuteAsync(query, Cancel);
            foreach (var row in result)
            {
                Assert.Equal(row[0].GetBigint(), bound.Token);
                Assert.Equal(row[0].GetBigint(), query.Token);
            }
        }
    }

    [Fact]
    public async Task Conditions_Traces_Warnings_AndEvents()
    {
        await using var session = await cassandra.ConnectAsync();
        var changes = new System.Collections.Concurrent.ConcurrentQueue<CqlSchemaChange>();
        session.SchemaChanged += changes.Enqueue;
        using (var created = await session.ExecuteAsync("CREATE TABLE t (k int PRIMARY KEY, v int)", Cancel))
            Assert.Equal("CREATED TABLE t", $"{created.SchemaChange!.Change} {created.SchemaChange.Target} {created.SchemaChange.Name}");
        using (var again = await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)", Cancel))
            Assert.Null(again.SchemaChange);
        await Eventually.TrueAsync("the event comes", () => changes.Any(change => change is { Change: "CREATED", Name: "t" }));

        using (var first = await session.ExecuteAsync("INSERT INTO t (k, v) VALUES (1, 1) IF NOT EXISTS", Cancel))
            Assert.True(first.WasApplied());
        using (var second = await session.ExecuteAsync("INSERT INTO t (k, v) VALUES (1, 2) IF NOT EXISTS", Cancel))
            Assert.False(second.WasApplied());

        using var traced = new SimpleStatement("SELECT * FROM t") { IsTraced = true };
        using (var result = await session.ExecuteAsync(traced, Cancel))
            Assert.NotNull(result.TracingId);

        // More partitions than an unlogged batch should have.
        var insert = await session.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", Cancel);
        using var batch = new BatchStatement(CqlBatchKind.Unlogged);
        for (var i = 0; i < 100; i++)
            batch.Add(insert).AppendInt(i).AppendInt(i);
        using (var warned = await session.ExecuteAsync(batch, Cancel))
            Assert.Contains(warned.Warnings, warning => warning.Contains("Unlogged batch covering 100 partitions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mistakes_AreTheServersWord()
    {
        await using var session = await cassandra.ConnectAsync();
        await RunAsync(session, "CREATE TABLE t (k text PRIMARY KEY, v bigint)");
        var insert = await session.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", Cancel);

        Assert.Equal(CqlErrorCode.SyntaxError, await CodeAsync(async () => await session.ExecuteAsync("SELEC", Cancel)));
        Assert.Equal(CqlErrorCode.Invalid, await CodeAsync(async () => await session.ExecuteAsync("SELECT * FROM nothing", Cancel)));
        Assert.Equal(CqlErrorCode.AlreadyExists, await CodeAsync(async () => await session.ExecuteAsync("CREATE TABLE t (k int PRIMARY KEY)", Cancel)));
        using var bound = insert.Bind();
        bound.Values.AppendNull().AppendBigint(1);
        Assert.Equal(CqlErrorCode.Invalid, await CodeAsync(async () => await session.ExecuteAsync(bound, Cancel)));
        bound.ClearValues().AppendText("k").AppendRaw([1, 2, 3]);
        Assert.Equal(CqlErrorCode.Invalid, await CodeAsync(async () => await session.ExecuteAsync(bound, Cancel)));
        bound.ClearValues().AppendTextUtf8([0xFF]).AppendBigint(1);
        Assert.Equal(CqlErrorCode.Invalid, await CodeAsync(async () => await session.ExecuteAsync(bound, Cancel)));
        bound.ClearValues().AppendText(new string('k', 65_536)).AppendBigint(1);
        Assert.Equal(CqlErrorCode.Invalid, await CodeAsync(async () => await session.ExecuteAsync(bound, Cancel)));
        Assert.Equal(CqlErrorCode.ProtocolError, await CodeAsync(async () => await session.ExecuteAsync(new SimpleStatement("SELECT * FROM t"), new byte[] { 1, 2, 3 }, Cancel)));
        Assert.Equal(CqlErrorCode.Invalid, await CodeAsync(() => CqlSession.ConnectAsync(Missing(), cancel: Cancel)));

        async Task<CqlErrorCode> CodeAsync(Func<Task> run) => (await Assert.ThrowsAsync<CqlServerException>(run)).Code;

        CqlOptions Missing()
        {
            var options = cassandra.Options();
            options.Keyspace = "no_such_keyspace";
            return options;
        }
    }

    /// <summary>Columns come while rows are written and read at full speed: no request fails, none is misread.</summary>
    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task SchemaChanges_UnderLoad_DisturbNobody(ProtocolVersion version)
    {
        await using var session = await cassandra.ConnectAsync(options => options.ProtocolVersion = version);
        await RunAsync(session, "CREATE TABLE t (k int PRIMARY KEY, v int)");
        var insert = await session.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", Cancel);
        var select = await session.PrepareAsync("SELECT * FROM t WHERE k = ?", Cancel);
        insert.IsIdempotent = select.IsIdempotent = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var load = Enumerable.Range(0, 16).Select(worker => Task.Run(
            async () =>
            {
                var count = 0;
                using var write = insert.Bind();
                using var read = select.Bind();
                for (; !stop.IsCancellationRequested; count++)
                {
                    write.ClearValues().AppendInt(worker).AppendInt(count);
                    (await session.ExecuteAsync(write, Cancel)).Dispose();
                    read.ClearValues().AppendInt(worker);
                    using var result = await session.ExecuteAsync(read, Cancel);
                    foreach (var row in result)
                        Assert.Equal((worker, count), (row["k"].GetInt(), row["v"].GetInt()));
                }

                return count;
            },
            Cancel)).ToList();

        for (var i = 0; i < 5; i++)
            await RunAsync(session, $"ALTER TABLE t ADD a{i} text");
        await stop.CancelAsync();

        Assert.All(await Task.WhenAll(load), count => Assert.NotEqual(0, count));
    }

    [Theory]
    [InlineData(nameof(Reaction.Delay), (byte)Opcode.Result, 20)]
    [InlineData(nameof(Reaction.Drop), (byte)Opcode.Execute, 5)]
    [InlineData(nameof(Reaction.Truncate), (byte)Opcode.Result, 2)]
    [InlineData(nameof(Reaction.Reorder), (byte)Opcode.Result, 50)]
    [InlineData(nameof(Reaction.Rewrite), (byte)Opcode.Result, 2)]
    public async Task Faults_AreSurvived(string reaction, byte opcode, int times)
    {
        string keyspace;
        await using (var session = await cassandra.ConnectAsync())
        {
            await RunAsync(session, "CREATE TABLE t (k text PRIMARY KEY, v int)");
            var insert = await session.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", Cancel);
            keyspace = insert.Variables[0].Keyspace;
            for (var i = 0; i < 300; i++)
            {
                using var bound = insert.Bind();
                bound.Values.AppendText($"{i}").AppendInt(i);
                (await session.ExecuteAsync(bound, Cancel)).Dispose();
            }
        }

        await ProxyFaultTests.RunAsync(
            System.Net.IPEndPoint.Parse(cassandra.ContactPoints[0]), cassandra.Options(), $"SELECT v FROM {keyspace}.t WHERE k = ?", Enum.Parse<Reaction>(reaction), (Opcode)opcode, times);
    }

    private CqlOptions Other(CqlSession session, ProtocolVersion version)
    {
        var options = cassandra.Options();
        options.ProtocolVersion = version;
        options.Keyspace = session.Keyspace;
        return options;
    }
}
