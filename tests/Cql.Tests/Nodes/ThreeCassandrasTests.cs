using System.Collections.Concurrent;
using System.Diagnostics;

namespace StockAspire.Cql.Tests.Nodes;

/// <summary>Three nodes, three copies, QUORUM: one node may go without anyone noticing.</summary>
public sealed class ThreeCassandrasTests(ThreeCassandras cassandra, ITestOutputHelper output) : IClassFixture<ThreeCassandras>
{
    private const int WorkerCount = 16;

    /// <summary>A Cassandra comes back in half a minute on an idle machine, and in minutes on a busy one.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<CqlSession> ConnectAsync() => cassandra.ConnectAsync(options => options.Consistency = CqlConsistency.Quorum, replication: 3);

    private static Task<int> UpAsync(CqlSession session, int count) =>
        Eventually.BecomesAsync($"{count} nodes are up", () => session.Hosts.Count(host => host.IsUp), up => up == count, Limit);

    [Fact]
    public async Task AllNodes_AreFound_AndShareTheWork()
    {
        await using var session = await ConnectAsync();
        await UpAsync(session, 3);
        (await session.ExecuteAsync("CREATE TABLE t (k int PRIMARY KEY)", Cancel)).Dispose();
        Assert.Single(session.Hosts.Select(host => host.Datacenter).Distinct());
        var insert = await session.PrepareAsync("INSERT INTO t (k) VALUES (?)", Cancel);
        var hosts = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            using var bound = insert.Bind();
            bound.Values.AppendInt(i);
            using var result = await session.ExecuteAsync(bound, Cancel);
            hosts.Add(result.Host!.ToString());
        }

        Assert.Equal(3, hosts.Count);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("frozen")]
    public async Task OneNode_Gone_UnderLoad_LosesNothing(string how)
    {
        await using var session = await ConnectAsync();
        await UpAsync(session, 3);
        (await session.ExecuteAsync("CREATE TABLE t (worker int, n int, PRIMARY KEY (worker, n))", Cancel)).Dispose();
        var insert = await session.PrepareAsync("INSERT INTO t (worker, n) VALUES (?, ?)", Cancel);
        var select = await session.PrepareAsync("SELECT n FROM t WHERE worker = ? AND n = ?", Cancel);
        insert.IsIdempotent = select.IsIdempotent = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var done = new int[WorkerCount];
        var slowest = new ConcurrentBag<TimeSpan>();
        var load = Enumerable.Range(0, WorkerCount).Select(worker => Task.Run(() => WorkAsync(session, insert, select, worker, done, slowest, stop.Token), Cancel)).ToList();
        await Eventually.TrueAsync("every worker works", () => done.Min() > 50, Limit);

        var gone = Stopwatch.GetTimestamp();
        await (how == "killed" ? cassandra.Nodes.KillAsync(2) : cassandra.Nodes.FreezeAsync(2));
        var atLoss = (int[])done.Clone();
        await Eventually.TrueAsync("every worker goes on without the node", () => done.Zip(atLoss).All(pair => pair.First > pair.Second + 20), Limit);
        output.WriteLine($"{how}: every worker went on within {Stopwatch.GetElapsedTime(gone).TotalSeconds:F1} s");
        await Eventually.TrueAsync("the node is seen to be gone", () => session.Hosts.Count(host => host.IsUp) == 2, Limit);
        output.WriteLine($"{how}: seen to be gone after {Stopwatch.GetElapsedTime(gone).TotalSeconds:F1} s");

        var back = Stopwatch.GetTimestamp();
        await (how == "killed" ? cassandra.Nodes.UpAsync(2) : cassandra.Nodes.ThawAsync(2));
        await UpAsync(session, 3);
        output.WriteLine($"{how}: in use again {Stopwatch.GetElapsedTime(back).TotalSeconds:F1} s after its return began");
        await stop.CancelAsync();
        await Task.WhenAll(load);
        output.WriteLine($"{how}: {done.Sum()} requests, the slowest took {slowest.Max().TotalSeconds:F2} s");

        // All that was acknowledged is there, and nothing else.
        for (var worker = 0; worker < WorkerCount; worker++)
        {
            using var all = new SimpleStatement($"SELECT n FROM t WHERE worker = {worker}") { IsIdempotent = true };
            List<int> read = [];
            await foreach (var page in session.ReadPagesAsync(all, Cancel))
            {
                foreach (var row in page)
                    read.Add(row[0].GetInt());
            }

            Assert.Equal(Enumerable.Range(0, done[worker]), read);
        }
    }

    private static async Task WorkAsync(
        CqlSession session, PreparedStatement insert, PreparedStatement select, int worker, int[] done, ConcurrentBag<TimeSpan> slowest, CancellationToken stop)
    {
        using var write = insert.Bind();
        using var read = select.Bind();
        var max = TimeSpan.Zero;
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var start = Stopwatch.GetTimestamp();
            write.ClearValues().AppendInt(worker).AppendInt(n);
            (await ExecuteAsync(session, write)).Dispose();
            read.ClearValues().AppendInt(worker).AppendInt(n);
            using (var result = await ExecuteAsync(session, read))
                Assert.Equal(1, result.RowCount);
            done[worker] = n + 1;
            var elapsed = Stopwatch.GetElapsedTime(start);
            max = elapsed > max ? elapsed : max;
        }

        slowest.Add(max);
    }

    /// <summary>A replica that dies in the middle of a request fails it, which the client leaves to its caller: these callers ask again.</summary>
    private static async Task<CqlResult> ExecuteAsync(CqlSession session, CqlStatement statement)
    {
        while (true)
        {
            try
            {
                return await session.ExecuteAsync(statement, CancellationToken.None);
            }
            catch (CqlServerException e) when (e.Code is CqlErrorCode.ReadFailure or CqlErrorCode.WriteFailure)
            {
                TestContext.Current.SendDiagnosticMessage(e.Message);
            }
        }
    }
}
