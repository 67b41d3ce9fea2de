using System.Text.Json;
using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Verbs;

public sealed class VerifyVerbTests
{
    private static readonly VerifySourceResponse Well = new() { Summary = new VerifySummary { Source = "feed", Ok = true, Sealed = 10, Stored = 10 } };

    private static readonly VerifySourceResponse[] Badly =
    [
        new() { Progress = new VerifyProgress { SymbolsDone = 1, SymbolsTotal = 2, RowsRead = 5 } },
        new()
        {
            Finding = new VerifyFinding
            {
                Symbol = "SPY",
                Missing = { new SequenceRange { First = 3, Last = 5 }, new SequenceRange { First = ulong.MaxValue, Last = ulong.MaxValue } },
                Unexpected = { new SequenceRange { First = 9, Last = 9 } },
            },
        },
        new() { Summary = new VerifySummary { Source = "feed", Missing = 4, Unexpected = 1 } },
    ];

    [Fact]
    public async Task Well_ExitsWithZero()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ops.OnVerify = _ => [Well];

        var run = await CliRun.RunAsync(pipeline, "verify", "feed", "--output", "csv");

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal("feed,true,10,10,0,0,0,0,0,0,0", run.OutLines[1]);
    }

    [Fact]
    public async Task Loss_ExitsWithFour_AndNamesTheSequences()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        VerifySourceRequest? asked = null;
        pipeline.Ops.OnVerify = request =>
        {
            asked = request;
            return Badly;
        };
        var report = Path.GetTempFileName();

        var run = await CliRun.RunAsync(pipeline, "verify", "feed", "--symbols", "SPY,IBM", "--report", report);

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(report));
        File.Delete(report);
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Equal(["SPY", "IBM"], asked!.Symbols);
        Assert.Contains("feed SPY: missing 3-5, 18446744073709551615", run.Out, StringComparison.Ordinal);
        Assert.Contains("feed SPY: unexpected or stored twice 9", run.Out, StringComparison.Ordinal);
        Assert.Contains("NOT OK", run.Out, StringComparison.Ordinal);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("5", json.RootElement.GetProperty("sources")[0].GetProperty("findings")[0].GetProperty("missing")[0].GetProperty("last").GetString());
    }

    [Fact]
    public async Task All_VerifiesEverySource()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnSources = request => request.PageToken.Length == 0
            ? new ListSourcesResponse { Sources = { new SourceInfo { Source = "a" } }, NextPageToken = "2" }
            : new ListSourcesResponse { Sources = { new SourceInfo { Source = "feed" } } };
        pipeline.Ops.OnVerify = request => request.Source == "a"
            ? [new VerifySourceResponse { Summary = new VerifySummary { Source = "a", Ok = true } }]
            : Badly;

        var run = await CliRun.RunAsync(pipeline, "verify", "--all", "--output", "json");

        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Equal(["a", "feed"], run.OutLines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("source").GetString()));
    }

    [Fact]
    public async Task NoSummary_IsAFailure()
    {
        await using var pipeline = await FakePipeline.StartAsync();

        var run = await CliRun.RunAsync(pipeline, "verify", "feed");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("without a summary", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("verify", "feed", "--all")]
    public async Task NeitherOrBoth_IsAUsageError(params string[] args) =>
        Assert.Equal(ExitCode.Usage, (await CliRun.RunAsync(args)).ExitCode);
}
