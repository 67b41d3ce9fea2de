using System.Text;
using StockAspire.Cql.Cluster;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Sessions;

public sealed class SessionTests
{
    private const string Select = "SELECT v FROM t WHERE k = ?";
    private const string Insert = "INSERT INTO t (k) VALUES (?)";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<int> ReadAsync(CqlSession session, CqlStatement statement)
    {
        using var result = await session.ExecuteAsync(statement, Cancel);
        foreach (var row in result)
            return row[0].GetInt();
        return -1;
    }

    private static BoundStatement Bind(PreparedStatement prepared, string key)
    {
        var bound = prepared.Bind();
        bound.Values.AppendText(key);
        return bound;
    }

    private static async Task AllUpAsync(CqlSession session, int count) =>
        await Eventually.TrueAsync($"{count} nodes are up", () => session.Hosts.Count(host => host.IsUp) == count);

    [Fact]
    public async Task Statements_GoToTheOwnersOfTheirPartitions()
    {
        await using var cluster = FakeCluster.Of(3);
        await using var session = await cluster.ConnectAsync();
        await AllUpAsync(session, 3);
        var insert = await session.PrepareAsync(Insert, Cancel);

        foreach (var key in Enumerable.Range(0, 50).Select(i => $"key {i}"))
        {
            foreach (var node in cluster.Nodes)
                node.Requests.Clear();
            using var bound = Bind(insert, key);
            (await session.ExecuteAsync(bound, Cancel)).Dispose();
            using var batch = new BatchStatement(CqlBatchKind.Unlogged);
            batch.Add(insert).AppendText(key);
            batch.Add(insert).AppendText("another");
            (await session.ExecuteAsync(batch, Cancel)).Dispose();

            var token = Murmur3.Token(Encoding.UTF8.GetBytes(key));
            var owner = cluster.Nodes.FirstOrDefault(node => node.Tokens[0] >= token) ?? cluster.Nodes[0];
            foreach (var node in cluster.Nodes)
                Assert.Equal(node == owner ? (1, 1) : (0, 0), (Math.Min(1, node.CountOf(Opcode.Execute)), node.CountOf(Opcode.Batch)));
        }
    }

    /// <summary>The tries that each error leads to, the first included, and whether they all went to one node.</summary>
    [Theory]
    [InlineData(CqlErrorCode.Overloaded, true, 4, false)]
    [InlineData(CqlErrorCode.Overloaded, false, 1, true)]
    [InlineData(CqlErrorCode.IsBootstrapping, true, 4, false)]
    [InlineData(CqlErrorCode.Unavailable, false, 4, false)]
    [InlineData(CqlErrorCode.WriteTimeout, true, 2, true)]
    [InlineData(CqlErrorCode.WriteTimeout, false, 1, true)]
    [InlineData(CqlErrorCode.ReadTimeout, true, 1, true)]
    [InlineData(CqlErrorCode.ReadFailure, true, 1, true)]
    [InlineData(CqlErrorCode.WriteFailure, true, 1, true)]
    [InlineData(CqlErrorCode.ServerError, true, 1, true)]
    [InlineData(CqlErrorCode.Invalid, true, 1, true)]
    public async Task Errors_AreTriedAgain_WhereThatIsSafe(CqlErrorCode code, bool isIdempotent, int tries, bool isOneNode)
    {
        await using var cluster = FakeCluster.Of(3);
        foreach (var node in cluster.Nodes)
            node.Handler = request => request.Opcode == Opcode.Query && request.Cql == "fail" ? Task.FromResult<FakeAnswer?>(FakeAnswer.Error(code)) : null;
        await using var session = await cluster.ConnectAsync(options => options.RetriesMax = 3);
        await AllUpAsync(session, 3);
        using var statement = new SimpleStatement("fail") { IsIdempotent = isIdempotent };

        Assert.Equal(code, (await Assert.ThrowsAsync<CqlServerException>(async () => await session.ExecuteAsync(statement, Cancel))).Code);

        var asked = cluster.Nodes.Select(node => node.Requests.Count(request => request.Opcode == Opcode.Query && request.Cql == "fail")).ToList();
        Assert.Equal(tries, asked.Sum());
        Assert.Equal(isOneNode, asked.Count(count => count > 0) == 1);
    }

    [Fact]
    public async Task Error_ThatPasses_IsNotSeen()
    {
        await using var cluster = FakeCluster.Of(1);
        var failures = 3;
        cluster.Nodes[0].Handler = request => request.Opcode != Opcode.Query || request.Cql != "x" ? null :
            Task.FromResult<FakeAnswer?>(Interlocked.Decrement(ref failures) >= 0 ? FakeAnswer.Error(CqlErrorCode.Overloaded) : FakeAnswer.Int(7));
        await using var session = await cluster.ConnectAsync();
        using var statement = new SimpleStatement("x") { IsIdempotent = true };

        Assert.Equal(7, await ReadAsync(session, statement));
    }

    [Fact]
    public async Task Unprepared_IsPreparedAgain_InExecuteAndBatch()
    {
        await using var cluster = FakeCluster.Of(1);
        await using var session = await cluster.ConnectAsync();
        var insert = await session.PrepareAsync(Insert, Cancel);
        var other = await session.PrepareAsync(Insert + " IF NOT EXISTS", Cancel);
        var node = cluster.Nodes[0];
        node.Handler = request =>
        {
            if (request.Opcode != Opcode.Batch)
                return null;
            var missing = new[] { insert, other }.FirstOrDefault(each => node.Requests.Count(seen => seen.Opcode == Opcode.Prepare && seen.Cql == each.Cql) < 3);
            return Task.FromResult<FakeAnswer?>(missing is null
                ? FakeAnswer.Void
                : FakeAnswer.Error(new CqlError(CqlErrorCode.Unprepared, "unknown") { StatementId = missing.State.Result.Id }));
        };

        cluster.Forget();
        using var bound = Bind(insert, "k");
        (await session.ExecuteAsync(bound, Cancel)).Dispose();
        Assert.Equal(2, node.CountOf(Opcode.Execute));
        Assert.Equal(3, node.CountOf(Opcode.Prepare));

        using var batch = new BatchStatement(CqlBatchKind.Logged);
        batch.Add(insert).AppendText("a");
        batch.Add(other).AppendText("a");
        (await session.ExecuteAsync(batch, Cancel)).Dispose();
        Assert.Equal(6, node.CountOf(Opcode.Prepare));
        Assert.Equal(4, node.CountOf(Opcode.Batch));
    }

    /// <summary>
    /// ALTER TABLE, and someone else has prepared the same text again since: the id is known, the columns are others. A client that asks
    /// to leave the metadata out would read a text's bytes as an int.
    /// </summary>
    [Fact]
    public async Task AlteredTable_NeverGivesGarbage()
    {
        CqlColumn[] altered = [new("ks", "t", "added", CqlType.Native(CqlTypeCode.Text)), new("ks", "t", "v", CqlType.Native(CqlTypeCode.Int))];
        await using var cluster = FakeCluster.Of(1);
        await using var session = await cluster.ConnectAsync();
        var select = await session.PrepareAsync("SELECT * FROM t WHERE k = ?", Cancel);
        Assert.Equal("v", Assert.Single(select.Columns).Name);
        cluster.Describe = _ => new PreparedResult([], [], [0], [new CqlColumn("ks", "t", "k", CqlType.Native(CqlTypeCode.Text))], altered);
        cluster.Nodes[0].Handler = request => request.Opcode != Opcode.Execute || request.Node.CountOf(Opcode.Execute) == 2 ? null : Task.FromResult<FakeAnswer?>(
            request.Parameters.SkipMetadata
                ? new FakeAnswer(Opcode.Result, body => body.WriteRaw(Hex.Bytes("00000002 00000004 00000002 00000001 00000004 'oops' 00000004 00000007")))
                : FakeAnswer.Rows(altered, 1, row => row.AppendText("oops").AppendInt(7)));
        using var bound = Bind(select, "k");

        using (var result = await session.ExecuteAsync(bound, Cancel))
        {
            foreach (var row in result)
                Assert.Equal(("oops", 7), (row["added"].GetText(), row["v"].GetInt()));
        }

        // And where the node has forgotten it, what the new preparation says replaces what was known.
        cluster.Forget();
        (await session.ExecuteAsync(bound, Cancel)).Dispose();
        Assert.Equal(["added", "v"], select.Columns.Select(column => column.Name));
    }

    [Fact]
    public async Task Pages_AreFetchedAhead()
    {
        await using var cluster = FakeCluster.Of(1);
        var node = cluster.Nodes[0];
        node.Handler = request =>
        {
            if (request.Opcode != Opcode.Execute)
                return null;
            var page = request.Parameters.PagingState.IsEmpty ? 0 : request.Parameters.PagingState.Span[0];
            return Task.FromResult<FakeAnswer?>(FakeAnswer.Int(page, page < 4 ? [(byte)(page + 1)] : null));
        };
        await using var session = await cluster.ConnectAsync();
        using var bound = Bind(await session.PrepareAsync(Select, Cancel), "k");
        bound.PageSize = 10;

        List<int> values = [];
        await foreach (var page in session.ReadPagesAsync(bound, Cancel))
        {
            foreach (var row in page)
                values.Add(row[0].GetInt());
            var expected = Math.Min(5, values.Count + 1);
            await Eventually.TrueAsync("the next page is asked for while this one is read", () => node.CountOf(Opcode.Execute) == expected);
        }

        Assert.Equal([0, 1, 2, 3, 4], values);
        Assert.All(node.Requests.Where(request => request.Opcode == Opcode.Execute), request => Assert.Equal(10, request.Parameters.PageSize));

        // Whoever stops early leaves nothing behind.
        await foreach (var page in session.ReadPagesAsync(bound, Cancel))
            break;
    }

    [Fact]
    public async Task Speculation_AsksASecondNode()
    {
        await using var cluster = FakeCluster.Of(2);
        cluster.Keyspaces["ks"]["replication_factor"] = "2";
        var first = new TaskCompletionSource<FakeNode>();
        foreach (var node in cluster.Nodes)
        {
            node.Handler = request => request.Opcode != Opcode.Execute ? null :
                Task.FromResult(first.TrySetResult(request.Node) ? null : request.Node == first.Task.Result ? null : FakeAnswer.Int(7));
        }

        await using var session = await cluster.ConnectAsync();
        await AllUpAsync(session, 2);
        var select = await session.PrepareAsync(Select, Cancel);
        using var bound = Bind(select, "k");
        bound.IsIdempotent = true;
        bound.SpeculateAfter = TimeSpan.FromMilliseconds(50);

        using var result = await session.ExecuteAsync(bound, Cancel);

        Assert.NotEqual((await first.Task).Endpoint, result.Host);
        Assert.Equal(2, cluster.Nodes.Sum(node => node.CountOf(Opcode.Execute)));
    }

    [Fact]
    public async Task Deadline_EndsARequestThatNobodyAnswers()
    {
        await using var cluster = FakeCluster.Of(2);
        foreach (var node in cluster.Nodes)
            node.Handler = request => request.Opcode == Opcode.Query && request.Cql == "x" ? Task.FromResult<FakeAnswer?>(null) : null;
        await using var session = await cluster.ConnectAsync(options => options.AttemptTimeout = TimeSpan.FromMilliseconds(100));
        await AllUpAsync(session, 2);
        using var statement = new SimpleStatement("x") { IsIdempotent = true, Timeout = TimeSpan.FromMilliseconds(500) };

        await Assert.ThrowsAsync<CqlTimeoutException>(async () => await session.ExecuteAsync(statement, Cancel));

        Assert.All(cluster.Nodes, node => Assert.Contains(node.Requests, request => request.Opcode == Opcode.Query && request.Cql == "x"));
    }

    [Fact]
    public async Task OneNode_CanBeAskedAlone()
    {
        await using var cluster = FakeCluster.Of(3);
        await using var session = await cluster.ConnectAsync();
        await AllUpAsync(session, 3);
        foreach (var node in cluster.Nodes)
        {
            using var statement = new SimpleStatement("x") { Host = node.Endpoint };
            using var result = await session.ExecuteAsync(statement, Cancel);
            Assert.Equal(node.Endpoint, result.Host);
        }
    }

    [Fact]
    public async Task Values_Missing_AreNamedBeforeAnythingIsSent()
    {
        await using var cluster = FakeCluster.Of(1);
        await using var session = await cluster.ConnectAsync();
        var insert = await session.PrepareAsync(Insert, Cancel);
        using var bound = insert.Bind();
        using var batch = new BatchStatement(CqlBatchKind.Unlogged);

        Assert.Equal("0 of 1 values were appended; the next is k, text.", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.ExecuteAsync(bound, Cancel))).Message);
        Assert.Equal("The batch is empty.", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.ExecuteAsync(batch, Cancel))).Message);
        batch.Add(insert);
        Assert.Throws<InvalidOperationException>(() => batch.Add(insert));
        Assert.Equal(0, cluster.Nodes[0].CountOf(Opcode.Execute));
    }

    [Fact]
    public async Task Prepare_ThatFails_IsNotKept()
    {
        await using var cluster = FakeCluster.Of(1);
        var isBroken = true;
        cluster.Nodes[0].Handler = request => request.Opcode == Opcode.Prepare && isBroken ? Task.FromResult<FakeAnswer?>(FakeAnswer.Error(CqlErrorCode.Invalid)) : null;
        await using var session = await cluster.ConnectAsync();

        await Assert.ThrowsAsync<CqlServerException>(async () => await session.PrepareAsync(Insert, Cancel));
        isBroken = false;

        Assert.Same(await session.PrepareAsync(Insert, Cancel), await session.PrepareAsync(Insert, Cancel));
        Assert.Equal(2, cluster.Nodes[0].CountOf(Opcode.Prepare));
    }
}
