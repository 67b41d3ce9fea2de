using Grpc.Core;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Verbs;

/// <summary><c>ingest --mode replay</c> and <c>--mode sample</c>, which the server runs.</summary>
public sealed class ServerLoadTests
{
    [Fact]
    public async Task Replay_FindsTheServersPath_AndFollowsToTheEnd()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var asked = new List<StartLoadRequest>();
        pipeline.Ingest.OnStartLoad = request =>
        {
            asked.Add(request.Clone());
            return request.Path == "trades.csv" ? State(LoadState.Running) : throw new RpcException(new Status(StatusCode.NotFound, request.Path));
        };
        pipeline.Ingest.OnGetLoad = _ => State(LoadState.Done);

        var run = await CliRun.RunAsync(pipeline, "ingest", "./samples/trades.csv", "--mode", "replay", "--speed", "60", "--loop", "--mapping", "price=Close,symbol==SPY");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(["samples/trades.csv", "trades.csv"], asked.Select(request => request.Path));
        Assert.All(asked, request => Assert.Equal(
            (LoadMode.Replay, "60", true, "Close", "=SPY"), (request.Mode, request.Speed, request.Loop, request.Mapping["price"], request.Mapping["symbol"])));
        Assert.Contains("7 accepted", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sample_RateIsItsInterval_AndDetachedEndsAtOnce()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        StartLoadRequest? asked = null;
        pipeline.Ingest.OnStartLoad = request =>
        {
            asked = request;
            return State(LoadState.Running);
        };

        var run = await CliRun.RunAsync(pipeline, "ingest", "daily.csv", "--mode", "sample", "--rate", "50", "--seed", "9", "--detach");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal((LoadMode.Sample, 20L, 9UL), (asked!.Mode, asked.IntervalMs, asked.Seed));
        Assert.Empty(pipeline.Ingest.Cancelled);
    }

    [Fact]
    public async Task CtrlC_CancelsTheLoad()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        using var interrupt = new CancellationTokenSource();
        pipeline.Ingest.OnStartLoad = _ => State(LoadState.Running);
        pipeline.Ingest.OnGetLoad = _ =>
        {
            interrupt.Cancel();
            return State(LoadState.Running);
        };

        var run = await CliRun.RunAsync(["ingest", "daily.csv", "--mode", "sample", "--address", pipeline.Address], null, interrupt: interrupt.Token);

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Equal(["run:1"], pipeline.Ingest.Cancelled);
    }

    [Fact]
    public async Task OtherContentThanTheFileHere_IsCancelled()
    {
        using var file = new SampleFile(3);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.OnStartLoad = _ => State(LoadState.Running);

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path, "--mode", "replay");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("its content differs", run.Error, StringComparison.Ordinal);
        Assert.Equal(["run:1"], pipeline.Ingest.Cancelled);
    }

    [Fact]
    public async Task UnknownToTheServer_SaysWhatIsPossible()
    {
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "ingest", "a/b.csv", "--mode", "replay");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("Ingest:CsvRoot", run.Error, StringComparison.Ordinal);
        Assert.Contains("--mode load", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedLoad_HasItsReason()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.OnStartLoad = _ => State(LoadState.Failed);

        var run = await CliRun.RunAsync(pipeline, "ingest", "b.csv", "--mode", "replay");

        Assert.Equal((ExitCode.Failure, "b.csv: no rows"), (run.ExitCode, run.Error.Trim().Split('\n')[^1]));
    }

    private static Load State(LoadState state) => new()
    {
        Load_ = "run:1",
        Record = new SourceRecord { State = state, Path = "trades.csv", Failure = "no rows", ContentHash = new string('0', 32) },
        RowsRead = 7,
        RowsSealed = 7,
    };
}
