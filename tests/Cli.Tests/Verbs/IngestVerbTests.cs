using Grpc.Core;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Market;

namespace StockAspire.Cli.Tests.Verbs;

public sealed class IngestVerbTests
{
    [Fact]
    public async Task File_EveryRow_ArrivesOnceAndExactly_AndAgainAddsNothing()
    {
        const int Rows = 10_000;
        using var file = new SampleFile(Rows);
        await using var pipeline = await FakePipeline.StartAsync();

        var first = await CliRun.RunAsync(pipeline, "ingest", file.Path);
        var messages = pipeline.Ingest.MessageCount;
        var second = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal((ExitCode.Success, string.Empty), (first.ExitCode, first.Error));
        var (name, source) = Assert.Single(pipeline.Ingest.Sources);
        AssertRows(source, Enumerable.Range(1, Rows));
        Assert.StartsWith(SourceName.CsvPrefix, name, StringComparison.Ordinal);
        Assert.All(pipeline.Ingest.Opens, open => Assert.Equal(("ticks.csv", 32, 1UL), (open.Path, open.ContentHash.Length, open.FirstSequence)));
        Assert.Contains("10,000 rows", first.Out, StringComparison.Ordinal);
        Assert.Contains(name, first.Out, StringComparison.Ordinal);
        Assert.Equal(3, messages);
        Assert.Equal(ExitCode.Success, second.ExitCode);
        Assert.Contains("nothing new, all 10,000 rows", second.Out, StringComparison.Ordinal);
        Assert.Equal(messages, pipeline.Ingest.MessageCount);
    }

    [Fact]
    public async Task PartlySealed_GoesOnBehindTheLastSequence()
    {
        using var file = new SampleFile(100);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.Sources["mine"] = new FakeSource { Last = 60 };

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path, "--source", "mine", "--output", "json");

        AssertRows(pipeline.Ingest.Sources["mine"], Enumerable.Range(61, 40));
        Assert.Contains("\"rows\":100,\"known\":60,\"accepted\":40,\"rejected\":0", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadRows_UseUpTheirSequences_AndAreReportedByLine()
    {
        using var file = new SampleFile(1_000, row => row is 1 or 500 or 501 or 1_000 ? "SPY,2013-10-07T13:30:00Z,abc,1" : null);
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        var source = Assert.Single(pipeline.Ingest.Sources.Values);
        AssertRows(source, Enumerable.Range(1, 1_000).Except([1, 500, 501, 1_000]));
        Assert.Equal([1UL, 500, 501, 1_000], source.Rejects.Select(row => row.Sequence));
        Assert.Equal([2UL, 501, 502, 1_001], source.Rejects.Select(row => row.Line));
        Assert.All(source.Rejects, row => Assert.Equal("SPY,2013-10-07T13:30:00Z,abc,1", row.Raw.ToStringUtf8()));
        Assert.Equal(ExitCode.Rejects, run.ExitCode);
        Assert.Contains("996 accepted, 4 rejected", run.Out, StringComparison.Ordinal);
        Assert.Contains("line 501: ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeBadRows_StayBelowTheMessageLimit()
    {
        var large = "SPY,2013-10-07T13:30:00Z,abc," + new string('9', 60_000);
        using var file = new SampleFile(50, row => row > 1 ? large : null);
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal(ExitCode.Rejects, run.ExitCode);
        Assert.Equal(49, Assert.Single(pipeline.Ingest.Sources.Values).Rejects.Count);
        Assert.InRange(pipeline.Ingest.LargestMessage, 60_000, 1024 * 1024);
    }

    [Fact]
    public async Task ServerRejects_AreCountedOnce_ThoughTheyAreSentAgain()
    {
        using var file = new SampleFile(30);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.Refuses = sequence => sequence == 7 ? "expected 0 or more, got -1" : null;

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal(ExitCode.Rejects, run.ExitCode);
        Assert.Contains("29 accepted, 1 rejected", run.Out, StringComparison.Ordinal);
        Assert.Contains("row 7: size_e8: expected 0 or more, got -1", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionBreaksAgainAndAgain_NothingIsLostOrDoubled()
    {
        const int Rows = 5_000;
        using var file = new SampleFile(Rows, row => row % 1_000 == 0 ? "bad" : null);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.MaxInFlight = 1_000;
        var random = new Random(7);
        var breaks = 0;
        pipeline.Ingest.BeforeMessage = (count, context) =>
        {
            if (count is 2 or 3 or 6 or 10 or 15)
            {
                breaks++;
                context.GetHttpContext().Abort();
            }

            return Task.CompletedTask;
        };
        pipeline.Ingest.Acknowledges = () => pipeline.Ingest.InFlight > 700 || pipeline.Ingest.LastSeen == Rows || random.Next(3) > 0;

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal(ExitCode.Rejects, run.ExitCode);
        Assert.Equal(5, breaks);
        Assert.True(pipeline.Ingest.Opens.Count > 2, $"Expected new streams after {breaks} breaks, got {pipeline.Ingest.Opens.Count}.");
        var source = Assert.Single(pipeline.Ingest.Sources.Values);
        AssertRows(source, Enumerable.Range(1, Rows).Where(row => row % 1_000 != 0));
        Assert.Equal([1_000UL, 2_000, 3_000, 4_000, 5_000], source.Rejects.Select(row => row.Sequence));
        Assert.Contains("4,995 accepted, 5 rejected", run.Out, StringComparison.Ordinal);
        Assert.Contains("trying again from row", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerIsGoneForAWhile_GoesOnWhenItIsBack()
    {
        const int Rows = 2_000;
        using var file = new SampleFile(Rows);
        var ingest = new FakeIngest { MaxInFlight = 200 };
        var reached = ingest.HangAt(5);
        var pipeline = await FakePipeline.StartAsync(ingest: ingest);
        var address = pipeline.Address;

        var running = CliRun.RunAsync("ingest", file.Path, "--address", address);
        await reached;
        await pipeline.DisposeAsync();
        await using var next = await FakePipeline.StartAsync(new Uri(address).Port, ingest);
        var run = await running;

        Assert.Equal(ExitCode.Success, run.ExitCode);
        AssertRows(Assert.Single(ingest.Sources.Values), Enumerable.Range(1, Rows));
    }

    [Fact]
    public async Task Window_IsNeverExceeded()
    {
        const int Window = 1_000;
        using var file = new SampleFile(4_000);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.MaxInFlight = Window;

        // Frames of 200 rows; it acknowledges only where the next would not fit, or nothing more can come.
        pipeline.Ingest.Acknowledges = () => pipeline.Ingest.InFlight > Window - 200 || pipeline.Ingest.MessageCount == 20;

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path, "--rate", "4000");

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal(Window, pipeline.Ingest.LargestInFlight);
        AssertRows(Assert.Single(pipeline.Ingest.Sources.Values), Enumerable.Range(1, 4_000));
    }

    [Fact]
    public async Task NothingIsAcknowledged_GivesUp()
    {
        using var file = new SampleFile(10);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.Acknowledges = () => false;

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path, "--timeout", "1s");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("has acknowledged nothing for 1 s", run.Error, StringComparison.Ordinal);
        Assert.Contains("goes on from row 1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyRejects_StopAndFail()
    {
        using var file = new SampleFile(20_000, row => row % 2 == 0 ? "bad" : null);
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path, "--max-rejects", "10");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("more than 10 rows are rejected", run.Error, StringComparison.Ordinal);
        Assert.True(Assert.Single(pipeline.Ingest.Sources.Values).Ticks.Count < 10_000);
    }

    [Fact]
    public async Task FileOfErrorsOnly_Fails()
    {
        using var file = new SampleFile(3, _ => "bad");
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("no row is a tick", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, Assert.Single(pipeline.Ingest.Sources.Values).Rejects.Count);
    }

    [Theory]
    [InlineData(0, ExitCode.Success)]
    [InlineData(3, ExitCode.Rejects)]
    public async Task DryRun_NeedsNoServer(int bad, int exitCode)
    {
        using var file = new SampleFile(100, row => row <= bad ? "bad" : null);

        var run = await CliRun.RunAsync("ingest", file.Path, "--dry-run", "--output", "json", "--address", "http://127.0.0.1:1");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains($"\"rows\":100,\"known\":0,\"accepted\":{100 - bad},\"rejected\":{bad}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LiveInput_IsSentBeforeItEnds()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var pipe = new System.IO.Pipelines.Pipe();
        var running = CliRun.RunAsync(["ingest", "-", "--source", "live", "--address", pipeline.Address, "--output", "json"], null, input: pipe.Reader.AsStream());
        await using (var writer = new StreamWriter(pipe.Writer.AsStream()) { AutoFlush = true })
        {
            await writer.WriteAsync("symbol,time,price,size\n" + SampleFile.Line(1) + "\n" + SampleFile.Line(2) + "\nSPY,20");
            await Eventually.TrueAsync(() => pipeline.Ingest.Sources.TryGetValue("live", out var source) && source.Last == 2);
            await writer.WriteAsync(SampleFile.Line(3)["SPY,20".Length..] + "\n");
            await Eventually.TrueAsync(() => pipeline.Ingest.Sources["live"].Last == 3);
        }

        var run = await running;

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("\"rows\":3,\"known\":0,\"accepted\":3", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandardInputWithoutSource_HasTheIdentityOfItsBytes()
    {
        using var file = new SampleFile(10);
        await using var pipeline = await FakePipeline.StartAsync();

        await CliRun.RunAsync(pipeline, "ingest", file.Path);
        await using var input = File.OpenRead(file.Path);
        var run = await CliRun.RunAsync(["ingest", "-", "--address", pipeline.Address], null, input: input);

        Assert.Contains("nothing new", run.Out, StringComparison.Ordinal);
        Assert.Single(pipeline.Ingest.Sources);
    }

    [Fact]
    public async Task Fenced_SaysSo()
    {
        using var file = new SampleFile(10);
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ingest.BeforeMessage = (_, _) => throw new RpcException(new Status(StatusCode.Aborted, "A later life of the source is known."));

        var run = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal((ExitCode.Failure, "A later life of the source is known."), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task NobodyListens_SaysSoAtOnce()
    {
        using var file = new SampleFile(10);

        var run = await CliRun.RunAsync("ingest", file.Path, "--address", "http://127.0.0.1:1");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.StartsWith("Nothing answers at http://127.0.0.1:1. Start the pipeline with", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_DrainsAndTheSameCommandGoesOn()
    {
        const int Rows = 400;
        using var file = new SampleFile(Rows);
        await using var pipeline = await FakePipeline.StartAsync();
        using var interrupt = new CancellationTokenSource();

        var running = CliRun.RunAsync(["ingest", file.Path, "--rate", "200", "--address", pipeline.Address], null, interrupt: interrupt.Token);
        await Eventually.TrueAsync(() => pipeline.Ingest.Sources.Values.Any(source => source.Last >= 20));
        await interrupt.CancelAsync();
        var cut = await running;
        var last = Assert.Single(pipeline.Ingest.Sources.Values).Last;
        var rest = await CliRun.RunAsync(pipeline, "ingest", file.Path);

        Assert.Equal(ExitCode.Interrupted, cut.ExitCode);
        Assert.Contains($"Interrupted: {last} rows of ticks.csv are safe", cut.Error, StringComparison.Ordinal);
        Assert.Contains($"stockaspire ingest {file.Path} --rate 200", cut.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, rest.ExitCode);
        AssertRows(Assert.Single(pipeline.Ingest.Sources.Values), Enumerable.Range(1, Rows));
    }

    [Theory]
    [InlineData("--rate: expected 1 or more", "ingest", "a.csv", "--rate", "0")]
    [InlineData("--speed goes with --mode replay", "ingest", "a.csv", "--speed", "2")]
    [InlineData("--seed goes with --mode sample", "ingest", "a.csv", "--mode", "replay", "--seed", "2")]
    [InlineData("--source goes with --mode load", "ingest", "a.csv", "--mode", "sample", "--source", "x")]
    [InlineData("expected one FILE, got 2", "ingest", "a.csv", "b.csv", "--source", "x")]
    [InlineData("expected a name of your own", "ingest", "a.csv", "--source", "run:1")]
    [InlineData("cannot read standard input", "ingest", "-", "--mode", "replay")]
    public async Task BadUsage_ExitsWithTwo(string part, params string[] args)
    {
        var run = await CliRun.RunAsync(args);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such.csv", "no-such.csv")]
    [InlineData("--mapping", "prise")]
    public async Task UnusableFileOrMapping_Fails(string what, string part)
    {
        using var file = new SampleFile(3);

        var run = what == "--mapping" ? await CliRun.RunAsync("ingest", file.Path, "--dry-run", what, "prise=x") : await CliRun.RunAsync("ingest", what, "--dry-run");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    private static void AssertRows(FakeSource source, IEnumerable<int> rows)
    {
        var expected = rows.ToList();
        Assert.Equal(expected.Count, source.Ticks.Count);
        foreach (var (row, tick) in expected.Zip(source.Ticks))
        {
            Assert.Equal(
                SampleFile.Line(row),
                $"{tick.Symbol},{UnixTime.Format(tick.EventTimeNs)},{tick.Price},{tick.Size}");
            Assert.Equal((ulong)row, tick.Id.Sequence);
        }
    }
}
