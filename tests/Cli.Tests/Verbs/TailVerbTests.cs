using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Verbs;

public sealed class TailVerbTests
{
    [Fact]
    public async Task Ticks_ArePrintedAsTheyCome_AndCtrlCEndsWell()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        using var interrupt = new CancellationTokenSource();
        using var output = new LineCounter();
        SubscribeRequest? asked = null;
        pipeline.Query.OnSubscribe = async (request, stream, context) =>
        {
            asked = request;
            await stream.WriteAsync(new SubscribeResponse { Heartbeat = new Heartbeat() });
            await stream.WriteAsync(new SubscribeResponse { Block = Samples.Block(Samples.Tick(1)) });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };

        var running = CliRun.RunAsync(["tail", "*", "--slow-reader", "conflate", "--output", "json", "--address", pipeline.Address], output, interrupt: interrupt.Token);
        await Eventually.TrueAsync(() => output.Lines == 1);
        await interrupt.CancelAsync();
        var run = await running;

        Assert.Equal((ExitCode.Success, string.Empty), (run.ExitCode, run.Error));
        Assert.Equal((true, SlowReader.Conflate, 0), (asked!.All, asked.SlowReader, asked.Symbols.Count));
    }

    [Fact]
    public async Task Skipped_IsToldOnStderr()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnSubscribe = (_, stream, _) => stream.WriteAsync(new SubscribeResponse
        {
            Skipped = new Skipped { Partition = 3, FirstOffset = 5, LastOffset = 9, Count = 77, Ranges = { new SourceRange { Source = "feed", First = 1, Last = 77 } } },
        });

        var run = await CliRun.RunAsync(pipeline, "tail", "SPY,IBM", "--slow-reader", "skip", "--quiet");

        Assert.Equal("Left out 77 ticks (partition 3, offsets 5-9): feed 1-77", run.Error.Trim());
    }

    [Fact]
    public async Task UnknownSlowReader_IsAUsageError()
    {
        var run = await CliRun.RunAsync("tail", "SPY", "--slow-reader", "sleep");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
    }
}
