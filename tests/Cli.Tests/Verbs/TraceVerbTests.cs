using Grpc.Core;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Verbs;

public sealed class TraceVerbTests
{
    private const string Trace = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_row_of_a_file_is_shown_with_its_record_and_trace()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        GetTickProvenanceRequest? asked = null;
        pipeline.Query.OnProvenance = request =>
        {
            asked = request;
            return Answer(Trace);
        };

        var run = await CliRun.RunAsync(pipeline, "trace", "SPY", "csv:abc:17");

        Assert.Equal(("SPY", "csv:abc", 17UL), (asked!.Symbol, asked.Id.Source, asked.Id.Sequence));
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("path          day/spy.csv", run.OutLines);
        Assert.Contains("row           17", run.OutLines);
        Assert.Contains("came_by       file", run.OutLines);
        Assert.Contains("partition     3", run.OutLines);
        Assert.Contains("offset        1234", run.OutLines);
        Assert.Contains("trace_id      " + Trace, run.OutLines);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task The_dashboard_of_the_same_AppHost_is_linked_without_its_token()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnProvenance = _ => Answer(Trace);
        var folder = Directory.CreateTempSubdirectory("cli-tests-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "endpoints.json"),
            $$"""{ "query": { "grpc": "{{pipeline.Address}}" }, "dashboard": "http://127.0.0.1:18888/login?t=secret" }""",
            TestContext.Current.CancellationToken);

        var run = await CliRun.RunAsync("trace", "SPY", "csv:abc:17", "--data", folder);

        Assert.Contains("trace_url     http://127.0.0.1:18888/traces/detail/" + Trace, run.OutLines);
        Assert.Contains("tick_url      http://127.0.0.1:18888/ticks/detail?symbol=SPY&source=feed&sequence=17", run.OutLines);
        Assert.DoesNotContain("secret", run.Out, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(true, true, "Its trace was not sampled")]
    [InlineData(true, false, "No trace is known")]
    [InlineData(false, false, "no longer in Kafka")]
    public async Task A_tick_without_a_trace_says_why(bool recordIsKept, bool notSampled, string reason)
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnProvenance = _ => Answer(string.Empty, recordIsKept, notSampled);

        var run = await CliRun.RunAsync(pipeline, "trace", "SPY", "feed:17");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("feed")]
    [InlineData(":17")]
    [InlineData("feed:x")]
    [InlineData("feed:-1")]
    public async Task An_id_that_is_none_is_refused(string id)
    {
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "trace", "SPY", id);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains($"got \"{id}\"", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tick_that_is_not_there_fails()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnProvenance = _ => throw new RpcException(new Status(StatusCode.NotFound, "The store has no such tick."));

        var run = await CliRun.RunAsync(pipeline, "trace", "SPY", "feed:17");

        Assert.Equal((ExitCode.Failure, "The store has no such tick."), (run.ExitCode, run.Error.Trim()));
    }

    private static GetTickProvenanceResponse Answer(string trace, bool recordIsKept = true, bool notSampled = false) => new()
    {
        Tick = Samples.Message(Samples.Tick(17, "SPY")),
        Partition = 3,
        Offset = 1_234,
        RecordIsKept = recordIsKept,
        NotSampled = notSampled,
        Path = "day/spy.csv",
        Row = 17,
        TraceId = trace,
        SpanId = trace.Length == 0 ? string.Empty : "0123456789abcdef",
    };
}
