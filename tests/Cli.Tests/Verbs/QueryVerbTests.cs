using Grpc.Core;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Market;
using StockAspire.Protos.V1;
using AttributeValue = StockAspire.Market.AttributeValue;
using ConditionSet = StockAspire.Market.ConditionSet;
using TickAction = StockAspire.Market.TickAction;

namespace StockAspire.Cli.Tests.Verbs;

public sealed class QueryVerbTests
{
    private const string Header = "symbol,event_time,price,size,venue,conditions,source,sequence,revision,action,ingest_time,attributes";

    [Fact]
    public async Task Csv_EveryField_IsExact()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var odd = Samples.Tick(ulong.MaxValue, "BRK.B") with
        {
            EventTimeNs = -1,
            Price = new Price(-1),
            Size = new Size(long.MaxValue),
            Venue = "a,\"b\"",
            Conditions = ConditionSet.Of("@", "T"),
            Attributes = AttributeMap.Of(
                KeyValuePair.Create("Open", AttributeValue.Number("168.123456789012345")),
                KeyValuePair.Create("late", AttributeValue.Flag(true))),
            Revision = 2,
            Action = TickAction.Correct,
            IngestTimeNs = 0,
        };
        pipeline.Query.OnQuery = async (_, stream, _) =>
        {
            await stream.WriteAsync(new QueryTicksResponse { Block = Samples.Block(Samples.Tick(1), odd), ResumeToken = "1" });
            await stream.WriteAsync(new QueryTicksResponse { Block = Samples.Block(Samples.Tick(5)), ResumeToken = "2" });
        };

        var run = await CliRun.RunAsync(pipeline, "query", "SPY,BRK.B", "--from", "2013-10-07", "--output", "csv");

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal(
            [
                Header,
                "SPY,2013-10-07T13:30:00.250000007Z,168.500000002,100,P,,feed,1,0,new,2013-10-08T13:30:00.000000000Z,",
                "BRK.B,1969-12-31T23:59:59.999999999Z,-0.000000001,92233720368.54775807,\"a,\"\"b\"\"\",@ T,feed,18446744073709551615,2,correct,," +
                "\"{\"\"Open\"\":\"\"168.123456789012345\"\",\"\"late\"\":true}\"",
                "SPY,2013-10-07T13:30:01.250000007Z,168.500000006,100,P,,feed,5,0,new,2013-10-08T13:30:00.000000000Z,",
            ],
            run.OutLines);
    }

    [Fact]
    public async Task Json_IsOneObjectALine()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnQuery = (_, stream, _) => stream.WriteAsync(new QueryTicksResponse { Block = Samples.Block(Samples.Tick(1), Samples.Tick(2)) });

        var run = await CliRun.RunAsync(pipeline, "query", "SPY", "--output", "json");

        Assert.Equal(2, run.OutLines.Length);
        Assert.Equal(
            """{"symbol":"SPY","event_time":"2013-10-07T13:30:00.250000007Z","price":"168.500000002","size":"100","venue":"P","source":"feed","sequence":"1","ingest_time":"2013-10-08T13:30:00.000000000Z"}""",
            run.OutLines[0]);
    }

    [Fact]
    public async Task Defaults_NoRange_AskForTheNewestHundred()
    {
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "query", "SPY,IBM", "SPY");

        var request = Assert.Single(pipeline.Query.Queries);
        Assert.Equal(["SPY", "IBM"], request.Symbols);
        Assert.Equal((TickOrder.Descending, 100L), (request.Order, request.Limit));
        Assert.Equal("1900-01-01T00:00:00.000000000Z", UnixTime.Format(request.StartNs));
        Assert.True(request.EndNs > TimeProvider.System.NowNs());
        Assert.Contains("No ticks of SPY, IBM", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("SYMBOL  EVENT TIME", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_AllGiven_AreSent()
    {
        await using var pipeline = await FakePipeline.StartAsync();

        await CliRun.RunAsync(
            pipeline, "query", "SPY", "--from", "-5m", "--to", "now", "--limit", "7", "--order", "asc", "--known-at", "2020-01-01", "--resume", "abc", "--output", "csv");

        var request = Assert.Single(pipeline.Query.Queries);
        Assert.Equal(("abc", 7L, TickOrder.Ascending), (request.ResumeToken, request.Limit, request.Order));
        Assert.Equal("2020-01-01T00:00:00.000000000Z", UnixTime.Format(request.KnownAtNs));
        Assert.InRange(request.EndNs - request.StartNs, 300 * UnixTime.NsPerSecond, 310 * UnixTime.NsPerSecond);
    }

    [Fact]
    public async Task ConnectionBreaksAfterABlock_GoesOnWithItsToken()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnQuery = async (request, stream, _) =>
        {
            var next = request.ResumeToken.Length == 0 ? 1UL : ulong.Parse(request.ResumeToken) + 1;
            await stream.WriteAsync(new QueryTicksResponse { Block = Samples.Block(Samples.Tick(next)), ResumeToken = $"{next}" });
            if (next < 3)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "gone"));
            }
        };

        var run = await CliRun.RunAsync(pipeline, "query", "SPY", "--output", "csv", "--quiet");

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal(["1", "2", "3"], run.OutLines[1..].Select(line => line.Split(',')[7]));
    }

    [Fact]
    public async Task CutShortForGood_PrintsTheCommandThatGoesOn()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnQuery = async (_, stream, _) =>
        {
            await stream.WriteAsync(new QueryTicksResponse { Block = Samples.Block(Samples.Tick()), ResumeToken = "tok" });
            throw new RpcException(new Status(StatusCode.Internal, "The store broke."));
        };

        var run = await CliRun.RunAsync(pipeline, "query", "SPY", "--from", "2013-10-07", "--to", "2013-10-08", "--output", "csv");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Equal(2, run.OutLines.Length);
        Assert.Contains(
            "stockaspire query SPY --from 2013-10-07T00:00:00.000000000Z --to 2013-10-08T00:00:00.000000000Z --order asc --limit 0 --output csv --resume tok",
            run.Error,
            StringComparison.Ordinal);
        Assert.Contains("The store broke.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsOf_PrintsAgesAndNamesWhatIsMissing()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        GetTicksAsOfRequest? asked = null;
        pipeline.Query.OnAsOf = request =>
        {
            asked = request;
            return new GetTicksAsOfResponse { Ticks = { new AgedTick { Tick = Samples.Message(Samples.Tick()), AgeNs = 1_500_000_000 } }, Missing = { "NONE" } };
        };

        var run = await CliRun.RunAsync(pipeline, "query", "SPY,NONE", "--as-of", "2013-10-07T14:00:00Z", "--output", "csv");

        Assert.Equal("2013-10-07T14:00:00.000000000Z", UnixTime.Format(asked!.TimeNs));
        Assert.Equal(Header + ",age_ns", run.OutLines[0]);
        Assert.EndsWith(",1500000000", run.OutLines[1], StringComparison.Ordinal);
        Assert.Contains("NONE", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Theory]
    [InlineData("--as-of does not go", "query", "SPY", "--as-of", "now", "--limit", "5")]
    [InlineData("is not before", "query", "SPY", "--from", "2013-10-08", "--to", "2013-10-07")]
    [InlineData("--limit: expected 0 or more", "query", "SPY", "--limit", "-1")]
    [InlineData("expected at least one", "query", ",")]
    [InlineData("--from: expected RFC 3339", "query", "SPY", "--from", "yesterday")]
    [InlineData("--output: expected table, json or csv", "query", "SPY", "--output", "xml")]
    [InlineData("Required argument missing", "query")]
    [InlineData("Unrecognized", "qeury", "SPY")]
    public async Task BadUsage_ExitsWithTwo(string part, params string[] args)
    {
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, args);

        Assert.Equal((ExitCode.Usage, string.Empty), (run.ExitCode, run.Out));
        Assert.All(part.Split(' '), word => Assert.Contains(word, run.Error, StringComparison.Ordinal));
        Assert.Empty(pipeline.Query.Queries);
    }

    [Fact]
    public async Task LargeAnswer_TakesNoMoreMemoryThanItsBlocks()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var block = Samples.Block([.. Enumerable.Range(1, 4_096).Select(i => Samples.Tick((ulong)i))]);
        const int Blocks = 100;
        pipeline.Query.OnQuery = async (_, stream, _) =>
        {
            for (var i = 0; i < Blocks; i++)
            {
                await stream.WriteAsync(new QueryTicksResponse { Block = block, ResumeToken = "t" });
            }
        };
        using var counter = new LineCounter();

        var run = await CliRun.RunAsync(["query", "SPY", "--output", "csv", "--address", pipeline.Address], counter);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal((Blocks * 4_096) + 1, counter.Lines);
        Assert.True(counter.LargestWrite <= 64 * 1024, $"Expected writes of at most 64 KiB, got {counter.LargestWrite}.");
    }
}
