using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Connections;

/// <summary>Requests that time out, are cancelled, are answered late or at once, in random order: nothing is mixed up and no place is lost.</summary>
public sealed class ConnectionSimulationTests
{
    private const int PlaceCount = 40;
    private const int RequestCount = 3000;

    /// <summary>By the test's own clock, which no load of the machine moves.</summary>
    private static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chaos_LosesNoPlace_AndMixesNothingUp()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var cluster = FakeCluster.Of(1);
        var node = cluster.Nodes[0];
        using var metrics = new CqlMetrics(null);
        var time = new ManualTime();
        using var cancel = new CancellationTokenSource();
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Handler = request => request.Opcode == Opcode.Query ? AnswerAsync(request.Cql) : null;
        var options = cluster.Options();
        (options.InFlightMax, options.QueueMax, options.OrphansMax) = (PlaceCount, RequestCount, PlaceCount);
        await using var connection = await CqlConnection.OpenAsync(
            node.Endpoint, "name", null, new ConnectionSettings(options, time, NullLogger.Instance, metrics, null), null, Cancel);

        // Of each kind so few that some places always stay free of orphans.
        var kinds = Enumerable.Range(0, RequestCount).Select(i => i % 300 == 0 ? "late" : i % 300 == 1 ? "cancelled" : random.Next(3) == 0 ? "soon" : "now").OrderBy(_ => random.Next()).ToList();
        var asked = kinds.Select((kind, i) => AskAsync(connection, kind, i, cancel.Token)).ToList();

        // Time runs out and callers lose their patience amid the traffic, and behind it for whoever was sent too late to see that.
        await Eventually.TrueAsync("half of them are answered", () => asked.Count(task => task.IsCompleted) > RequestCount / 2);
        time.Tick(2 * LateAfter);
        await cancel.CancelAsync();
        await Task.WhenAll(asked.Where((_, i) => kinds[i] is not "late"));
        await Eventually.TrueAsync(
            "late answers are given up",
            () =>
            {
                time.Tick(TimeSpan.FromMilliseconds(1));
                return asked.TrueForAll(task => task.IsCompleted);
            });
        var outcomes = await Task.WhenAll(asked);

        Assert.Equal(kinds.Select((kind, i) => kind is "late" or "cancelled" ? kind : $"{i}"), outcomes);
        Assert.InRange(connection.InFlightCount, 0, kinds.Count(kind => kind is "late" or "cancelled"));
        late.SetResult();
        await Eventually.TrueAsync("late answers free their places", () => connection.InFlightCount == 0);

        // All places are there again, and not one more.
        late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = node.CountOf(Opcode.Query);
        var held = Enumerable.Range(0, PlaceCount + 1).Select(i => AskAsync(connection, "held", i, Cancel)).ToList();
        await Eventually.TrueAsync("as many are on their way as there are places", () => node.CountOf(Opcode.Query) == before + PlaceCount);
        Assert.Equal(PlaceCount, connection.InFlightCount);
        late.SetResult();
        Assert.Equal(Enumerable.Range(0, PlaceCount + 1).Select(i => $"{i}"), await Task.WhenAll(held));

        async Task<FakeAnswer?> AnswerAsync(string cql)
        {
            var (kind, number) = (cql.Split(' ')[0], cql.Split(' ')[1]);
            if (kind is "late" or "cancelled" or "held")
                await late.Task;
            else if (kind == "soon")
                await Task.Yield();
            return FakeAnswer.Int(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static async Task<string> AskAsync(CqlConnection connection, string kind, int number, CancellationToken cancel)
    {
        try
        {
            var asking = connection.SendAsync(
                new QueryRequest($"{kind} {number}", new QueryParameters(CqlConsistency.One)),
                default,
                kind == "late" ? LateAfter : TimeSpan.FromHours(1),
                kind == "cancelled" ? cancel : Cancel);
            using var result = CqlResult.Read(await asking, null);
            foreach (var row in result)
                return $"{row[0].GetInt()}";
            return "nothing";
        }
        catch (CqlTimeoutException)
        {
            return "late";
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }
}
