using Grpc.Core;
using StockAspire.Market;
using StockAspire.Query.Service.Tests.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Subscriptions;

/// <summary>Subscribe against an embedded broker.</summary>
public sealed class SubscribeTests
{
    private const int BlockRows = 2_000;

    [Fact]
    public async Task Subscribers_GetWhatIsPublishedFromNowOn_OfTheirSymbols()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await broker.PublishAsync([SampleTicks.Of("SPY", SampleTicks.Start, 1)]);
        using var spy = await SubscribeAsync(host, new Wire.SubscribeRequest { Symbols = { "SPY" } });
        using var all = await SubscribeAsync(host, new Wire.SubscribeRequest { All = true });

        await broker.PublishAsync([SampleTicks.Of("IBM", SampleTicks.Start, 2)], [SampleTicks.Of("SPY", SampleTicks.Start, 3), SampleTicks.Of("SPY", SampleTicks.Start, 4)]);

        Assert.Equal([3UL, 4UL], await SequencesAsync(spy, 2));
        Assert.Equal([2UL, 3UL, 4UL], (await SequencesAsync(all, 3)).Order());
    }

    [Fact]
    public async Task ABlockingSlowReader_GetsEveryTick_InTheOrderOfItsPartition()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync(settings: ("Query:SubscriberQueueBytes", "65536"));
        var blocks = Blocks(200);
        using var slow = await SubscribeAsync(host, new Wire.SubscribeRequest { All = true });

        // Far more than the queue and every buffer of the connection hold, while nobody reads; then some more while it reads.
        await broker.PublishAsync(blocks[..150]);
        var reading = TicksAsync(slow, 200 * BlockRows);
        await broker.PublishAsync(blocks[150..]);
        var got = await reading;

        foreach (var symbol in blocks.SelectMany(block => block).GroupBy(tick => tick.Symbol))
        {
            Assert.Equal(symbol.Select(tick => tick.Id.Sequence).Order(), got.Where(tick => tick.Symbol == symbol.Key).Select(tick => tick.Id.Sequence));
        }

        Assert.Equal(200 * BlockRows, got.Count);
    }

    [Fact]
    public async Task ASkippingSlowReader_IsToldExactlyWhatItMissed()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync(settings: ("Query:SubscriberQueueBytes", "65536"));
        var blocks = Blocks(200);
        using var slow = await SubscribeAsync(host, new Wire.SubscribeRequest { All = true, SlowReader = Wire.SlowReader.Skip });
        await broker.PublishAsync(blocks);
        await Eventually.TrueAsync("all published", async () =>
            (await host.Ops.GetPipelineStatusAsync(new Wire.GetPipelineStatusRequest(), cancellationToken: TestContext.Current.CancellationToken)).PublishedTicks == 200 * BlockRows);

        var got = new HashSet<(string Source, ulong Sequence)>();
        var skipped = new HashSet<(string Source, ulong Sequence)>();
        while (got.Count + skipped.Count < 200 * BlockRows)
        {
            Assert.True(await slow.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            var message = slow.ResponseStream.Current;
            if (message.MessageCase == Wire.SubscribeResponse.MessageOneofCase.Block)
            {
                Assert.All(SampleTicks.Read(message.Block), tick => Assert.True(got.Add((tick.Id.Source, tick.Id.Sequence))));
            }
            else if (message.MessageCase == Wire.SubscribeResponse.MessageOneofCase.Skipped)
            {
                var before = skipped.Count;
                foreach (var range in message.Skipped.Ranges)
                {
                    for (var sequence = range.First; sequence <= range.Last; sequence++)
                    {
                        Assert.True(skipped.Add((range.Source, sequence)));
                    }
                }

                Assert.Equal(message.Skipped.Count, skipped.Count - before);
                Assert.InRange(message.Skipped.LastOffset, message.Skipped.FirstOffset, long.MaxValue);
            }
        }

        Assert.NotEmpty(skipped);
        got.UnionWith(skipped);
        Assert.Equal(blocks.SelectMany(block => block).Select(tick => (tick.Id.Source, tick.Id.Sequence)).ToHashSet(), got);
    }

    [Fact]
    public async Task AConflatingSlowReader_GetsTheNewestOfEachSymbol()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        var blocks = Blocks(80);
        using var slow = await SubscribeAsync(host, new Wire.SubscribeRequest { All = true, SlowReader = Wire.SlowReader.Conflate });
        await broker.PublishAsync(blocks);
        var newest = blocks.SelectMany(block => block).GroupBy(tick => tick.Symbol).ToDictionary(group => group.Key, group => group.MaxBy(tick => tick.Key));

        var last = new Dictionary<string, Tick>();
        var count = 0;
        while (newest.Any(pair => !last.TryGetValue(pair.Key, out var tick) || tick != pair.Value))
        {
            Assert.True(await slow.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            foreach (var tick in SampleTicks.Read(slow.ResponseStream.Current.Block))
            {
                Assert.True(!last.TryGetValue(tick.Symbol, out var before) || tick.Key > before.Key);
                last[tick.Symbol] = tick;
                count++;
            }
        }

        // Of each block, one tick at most.
        Assert.InRange(count, newest.Count, 80);
    }

    [Fact]
    public async Task AQuietStream_HasHeartbeats_WithTheLowestOfTheNewestEventTimes()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await broker.PublishAsync([SampleTicks.Of("SPY", SampleTicks.Start + 7, 1), SampleTicks.Of("SPY", SampleTicks.Start + 5, 2)]);
        await Eventually.TrueAsync("all published", async () =>
            (await host.Ops.GetPipelineStatusAsync(new Wire.GetPipelineStatusRequest(), cancellationToken: TestContext.Current.CancellationToken)).PublishedTicks == 2);
        using var call = await SubscribeAsync(host, new Wire.SubscribeRequest { All = true, HeartbeatMs = 1_000 });

        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal(SampleTicks.Start + 7, call.ResponseStream.Current.Heartbeat.LowEventTimeNs);
    }

    [Fact]
    public async Task OneSubscriptionTooMany_IsRefused_UntilAnotherEnds()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync(settings: ("Query:MaxSubscriptions", "1"));
        var first = await SubscribeAsync(host, new Wire.SubscribeRequest { All = true });

        var error = await RichErrors.OfAsync(() => FirstAsync(host, new Wire.SubscribeRequest { All = true }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("TOO_MANY_SUBSCRIPTIONS", error.Reason());

        first.Dispose();
        await Eventually.TrueAsync("room for another", async () =>
        {
            await FirstAsync(host, new Wire.SubscribeRequest { All = true, HeartbeatMs = 1_000 });
            return true;
        });
    }

    [Theory]
    [InlineData("""{ }""", StatusCode.InvalidArgument, "symbols")]
    [InlineData("""{ "all": true, "symbols": ["SPY"] }""", StatusCode.InvalidArgument, "all")]
    [InlineData("""{ "all": true, "heartbeatMs": 5 }""", StatusCode.InvalidArgument, "heartbeat_ms")]
    [InlineData("""{ "all": true, "slowReader": 9 }""", StatusCode.InvalidArgument, "slow_reader")]
    [InlineData("""{ "all": true, "startNs": "5" }""", StatusCode.Unimplemented, null)]
    [InlineData("""{ "all": true }""", StatusCode.Unavailable, null)]
    public async Task ABadSubscription_IsRefused(string json, StatusCode code, string? field)
    {
        await using var host = await QueryHost.StartAsync();

        var error = await RichErrors.OfAsync(() => FirstAsync(host, Wire.SubscribeRequest.Parser.ParseJson(json)));

        Assert.Equal(code, error.StatusCode);
        Assert.Equal(field is null ? [] : [field], error.Fields());
    }

    private static List<IReadOnlyList<Tick>> Blocks(int count)
    {
        string[] symbols = ["AAPL", "IBM", "MSFT", "SPY"];
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(block => (IReadOnlyList<Tick>)[.. Enumerable.Range(0, BlockRows).Select(row =>
            SampleTicks.Of(symbols[block % symbols.Length], SampleTicks.Start + random.Next(), (ulong)((block * BlockRows) + row)))])];
    }

    /// <summary>Returns once the service has begun to feed the call.</summary>
    private static async Task<AsyncServerStreamingCall<Wire.SubscribeResponse>> SubscribeAsync(QueryHost host, Wire.SubscribeRequest request)
    {
        var call = host.Query.Subscribe(request, cancellationToken: TestContext.Current.CancellationToken);
        await call.ResponseHeadersAsync;
        return call;
    }

    /// <summary>Waits for the first message, or for the error.</summary>
    private static async Task FirstAsync(QueryHost host, Wire.SubscribeRequest request)
    {
        using var call = host.Query.Subscribe(request, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    private static async Task<List<ulong>> SequencesAsync(AsyncServerStreamingCall<Wire.SubscribeResponse> call, int count) =>
        [.. (await TicksAsync(call, count)).Select(tick => tick.Id.Sequence)];

    private static async Task<List<Tick>> TicksAsync(AsyncServerStreamingCall<Wire.SubscribeResponse> call, int count)
    {
        var ticks = new List<Tick>();
        while (ticks.Count < count)
        {
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            if (call.ResponseStream.Current.Block is { } block)
            {
                ticks.AddRange(SampleTicks.Read(block));
            }
        }

        return ticks;
    }
}
