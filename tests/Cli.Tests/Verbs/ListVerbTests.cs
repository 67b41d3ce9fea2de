using Google.Protobuf;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Verbs;

/// <summary><c>latest</c>, <c>symbols</c>, <c>sources</c>, <c>status</c>, <c>dead-letters</c>, <c>version</c> and the help of all.</summary>
public sealed class ListVerbTests
{
    [Fact]
    public async Task Latest_Json_HasTheAge()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnLatest = request => new GetLatestTicksResponse
        {
            Ticks = { request.Symbols.Select((symbol, i) => new AgedTick { Tick = Samples.Message(Samples.Tick((ulong)i, symbol)), AgeNs = 12 }) },
        };

        var run = await CliRun.RunAsync(pipeline, "latest", "SPY", "IBM", "--output", "json");

        Assert.Equal(2, run.OutLines.Length);
        Assert.Contains("\"symbol\":\"IBM\"", run.OutLines[1], StringComparison.Ordinal);
        Assert.EndsWith("\"age_ns\":\"12\"}", run.OutLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Symbols_SeveralPages_AreAllListed()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnSymbols = request => request.PageToken.Length == 0
            ? new ListSymbolsResponse { Symbols = { new SymbolInfo { Symbol = "AIG", FirstBucketNs = Samples.OpenNs, EndBucketNs = Samples.OpenNs + 1 } }, NextPageToken = "2" }
            : new ListSymbolsResponse { Symbols = { new SymbolInfo { Symbol = "SPY" } } };

        var run = await CliRun.RunAsync(pipeline, "symbols", "--output", "csv");

        Assert.Equal(
            ["symbol,first_bucket,end_bucket", "AIG,2013-10-07T13:30:00.000000000Z,2013-10-07T13:30:00.000000001Z", "SPY,1970-01-01T00:00:00.000000000Z,1970-01-01T00:00:00.000000000Z"],
            run.OutLines);
    }

    [Fact]
    public async Task Sources_Table_IsAlignedAndPlainWithoutATerminal()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnSources = _ => new ListSourcesResponse
        {
            Sources = { new SourceInfo { Source = "csv:0123456789abcdef0123456789abcdef", Ticks = 1_234_567, Symbols = { "SPY" }, Record = new SourceRecord { Path = "spy.csv", State = LoadState.Done } } },
        };

        var run = await CliRun.RunAsync(pipeline, "sources");

        Assert.DoesNotContain('\e', run.Out);
        Assert.Contains("1,234,567", run.Out, StringComparison.Ordinal);
        Assert.Contains("spy.csv", run.Out, StringComparison.Ordinal);
        Assert.Contains("done", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SourcesShow_PrintsEveryField_AndUnknownFails()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var unknown = await CliRun.RunAsync(pipeline, "sources", "show", "nobody");
        pipeline.Query.OnSource = request => new GetSourceResponse { Source = new SourceInfo { Source = request.Source, Epoch = 3, LastSequence = ulong.MaxValue } };

        var run = await CliRun.RunAsync(pipeline, "sources", "show", "my-feed");

        Assert.Equal((ExitCode.Failure, "There is no source \"nobody\"."), (unknown.ExitCode, unknown.Error.Trim()));
        Assert.Contains("last_sequence     18446744073709551615", run.Out, StringComparison.Ordinal);
        Assert.Contains("epoch             3", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_Table_HasPartitionsAndTotals()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ops.Status = new GetPipelineStatusResponse
        {
            Partitions = { new PartitionStatus { Partition = 0, PublishedOffset = 12, CommittedOffset = 10, Lag = 2, OldestUnstoredAgeMs = 3_400 } },
            PublishedTicks = 40_000,
            StoredTicks = 39_000,
            LagTicks = 1_000,
            OldestUnstoredAgeMs = 3_400,
            DeadLetters = 7,
            Problems = { new PipelineProblem { Side = PipelineSide.Store, Message = "The tick store does not answer." } },
        };

        var table = await CliRun.RunAsync(pipeline, "status");
        var json = await CliRun.RunAsync(pipeline, "status", "--output", "json");

        Assert.Contains("3.4 s", table.Out, StringComparison.Ordinal);
        Assert.Contains("behind        1,000 ticks", table.Out, StringComparison.Ordinal);
        Assert.Contains("dead letters  7", table.Out, StringComparison.Ordinal);
        Assert.Equal("Problem: The tick store does not answer.", table.Error.Trim());
        Assert.Contains("\"lag_ticks\": \"1000\"", Assert.Single(json.OutLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusWatch_CtrlC_EndsWell()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        using var interrupt = new CancellationTokenSource();
        using var output = new LineCounter();

        var running = CliRun.RunAsync(["status", "--watch", "--output", "json", "--address", pipeline.Address], output, interrupt: interrupt.Token);
        await Eventually.TrueAsync(() => output.Lines >= 2);
        await interrupt.CancelAsync();

        Assert.Equal(ExitCode.Success, (await running).ExitCode);
    }

    [Fact]
    public async Task DeadLetters_ListToItsLimit_AndShowRawBytesSafely()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ops.OnDeadLetters = request => new ListDeadLettersResponse
        {
            DeadLetters = { Enumerable.Range(0, request.PageSize).Select(i => new DeadLetter { Id = $"0-{i}", Source = request.Source, Line = 3, Reason = "expected a number, got \"x\"" }) },
            NextPageToken = "more",
        };
        pipeline.Ops.OnDeadLetter = request => new GetDeadLetterResponse { DeadLetter = new DeadLetter { Id = request.Id, Raw = ByteString.CopyFrom(0x1B, 0x5B) } };

        var list = await CliRun.RunAsync(pipeline, "dead-letters", "list", "--limit", "3", "--source", "f", "--output", "csv");
        var show = await CliRun.RunAsync(pipeline, "dead-letters", "show", "0-17");

        Assert.Equal(4, list.OutLines.Length);
        Assert.Equal("0-2,-,f,0,,3,,\"expected a number, got \"\"x\"\"\"", list.OutLines[3]);
        Assert.Contains("0x1B5B", show.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_NeedsNoServer()
    {
        var run = await CliRun.RunAsync("version", "--output", "json");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.StartsWith("{\"version\":\"0.", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("query")]
    [InlineData("latest")]
    [InlineData("tail")]
    [InlineData("symbols")]
    [InlineData("sources")]
    [InlineData("sources", "show")]
    [InlineData("verify")]
    [InlineData("status")]
    [InlineData("dead-letters", "list")]
    [InlineData("dead-letters", "show")]
    [InlineData("version")]
    public async Task Help_OfEveryVerb_HasRunnableExamples(params string[] verb)
    {
        var run = await CliRun.RunAsync([.. verb, "--help"]);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        var lines = run.Out.Split('\n').SkipWhile(line => line != "Examples:").Skip(1).Where(line => line.Length > 0).ToList();
        Assert.NotEmpty(lines);
        var root = CliApp.Root(new CliHost { Out = Stream.Null, Error = TextWriter.Null, OpenInput = () => Stream.Null, CurrentDirectory = "." });
        Assert.All(lines, line =>
        {
            var command = line.Split(" | ")[^1].Contains("stockaspire", StringComparison.Ordinal) ? line.Split(" | ")[^1] : line.Split(" | ")[0];
            command = command.Split(" > ")[0].Trim().Replace("'*'", "*", StringComparison.Ordinal);
            Assert.StartsWith("stockaspire " + string.Join(' ', verb), command, StringComparison.Ordinal);
            Assert.Empty(root.Parse(command["stockaspire ".Length..].Split(' ')).Errors);
        });
    }
}
