using Grpc.Core;
using StockAspire.Market;
using StockAspire.Query.Service.Tests.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Ticks;

public sealed class QueryTicksTests
{
    private static readonly string[] Symbols = ["AAPL", "IBM", "MSFT", "SPY"];

    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(2, true, 0)]
    [InlineData(3, false, 57)]
    [InlineData(4, true, 57)]
    [InlineData(5, false, 5_000)]
    public async Task ManySymbols_AreMergedInCanonicalOrder_UpToTheLimit(int seed, bool descending, int limit)
    {
        var ticks = SampleTicks.Random(seed, 400, Symbols);
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(ticks);

        var answer = await host.QueryAsync(Request(Symbols, descending, limit));

        Assert.Equal(Expected(ticks, descending, limit), answer);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 31)]
    [InlineData(true, 31)]
    public async Task ATokenOfEveryTick_GoesOnWithTheNext(bool descending, int limit)
    {
        var ticks = SampleTicks.Random(6, 40, Symbols);

        // One identity under two symbols, which only a broken source sends, must neither double nor hide a row.
        ticks.Add(SampleTicks.Of("AAPL", SampleTicks.Start, 0, "twice"));
        ticks.Add(SampleTicks.Of("MSFT", SampleTicks.Start, 0, "twice"));
        await using var host = await QueryHost.StartAsync(settings: ("Query:BlockTicks", "1"));
        host.Store.Put(ticks);
        var request = Request(Symbols, descending, limit);
        var expected = Expected(ticks, descending, limit);

        var answers = await host.AnswersAsync(request);

        Assert.Equal(expected, answers.SelectMany(answer => SampleTicks.Read(answer.Block)));
        for (var i = 0; i < answers.Count; i++)
        {
            request.ResumeToken = answers[i].ResumeToken;
            Assert.Equal(expected[(i + 1)..], await host.QueryAsync(request));
        }
    }

    [Fact]
    public async Task Blocks_HoldAtMostTheConfiguredTicks()
    {
        await using var host = await QueryHost.StartAsync(settings: ("Query:BlockTicks", "7"));
        host.Store.Put(SampleTicks.Random(7, 20, ["SPY"]));

        var answers = await host.AnswersAsync(Request(["SPY"]));

        Assert.Equal([7, 7, 6], answers.Select(answer => answer.Block.SequenceDelta.Count));
    }

    [Fact]
    public async Task KnownAt_LeavesOutWhatCameLater_AndTheRevisionThatCounted()
    {
        var first = SampleTicks.Of("SPY", SampleTicks.Start, 1);
        var corrected = SampleTicks.Of("SPY", SampleTicks.Start, 1, revision: 1, ingestTimeNs: SampleTicks.Start + 10);
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(first, corrected);

        Assert.Equal([corrected], await host.QueryAsync(Request(["SPY"])));
        Assert.Equal([first], await host.QueryAsync(new Wire.QueryTicksRequest(Request(["SPY"])) { KnownAtNs = SampleTicks.Start + 9 }));
    }

    [Fact]
    public async Task AnUnknownSymbol_IsNoError_AndTheRangeIsHalfOpen()
    {
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(SampleTicks.Of("SPY", SampleTicks.Start, 1), SampleTicks.Of("SPY", SampleTicks.Start + 1, 2));

        Assert.Empty(await host.QueryAsync(Request(["NONE"])));
        var request = Request(["SPY", "NONE"]);
        request.EndNs = SampleTicks.Start + 1;
        Assert.Equal([1UL], (await host.QueryAsync(request)).Select(tick => tick.Id.Sequence));
    }

    public static TheoryData<string, string[]> BadRequests => new()
    {
        { """{ "startNs": 5, "endNs": 4, "limit": -1, "knownAtNs": -1, "order": 7 }""", ["symbols", "end_ns", "limit", "known_at_ns", "order"] },
        { """{ "symbols": ["SPY", "SPY", "A B", ""], "endNs": 1 }""", ["symbols[1]", "symbols[2]", "symbols[3]"] },
        { """{ "symbols": ["SPY"], "endNs": "2678400000000000" }""", [] },
        { """{ "symbols": ["SPY"], "endNs": "2678400000000001" }""", ["end_ns"] },
        { """{ "symbols": ["SPY"], "endNs": "9223372036854775807", "startNs": "-9223372036854775808", "limit": 1 }""", [] },
        { """{ "symbols": ["SPY"], "resumeToken": "not a token" }""", ["resume_token"] },
        { """{ "symbols": ["SPY"], "resumeToken": "AAAAAAAAAAAAAAAAAAAAAAAAAAAA" }""", ["resume_token"] },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task ABadRequest_IsToldEveryFieldAtOnce(string json, string[] fields)
    {
        var request = Wire.QueryTicksRequest.Parser.ParseJson(json);
        await using var host = await QueryHost.StartAsync();
        if (fields.Length == 0)
        {
            Assert.Empty(await host.QueryAsync(request));
            return;
        }

        var error = await RichErrors.OfAsync(() => host.QueryAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("INVALID_ARGUMENT", error.Reason());
        Assert.Equal(fields, error.Fields());
    }

    [Fact]
    public async Task ATokenOfAnotherRequest_IsRefused_WhateverDiffers()
    {
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(SampleTicks.Random(8, 10, ["SPY"]));
        var request = Request(["SPY", "IBM"], limit: 3);
        request.ResumeToken = (await host.AnswersAsync(request))[0].ResumeToken;
        Wire.QueryTicksRequest[] others =
        [
            new(request) { StartNs = request.StartNs + 1 },
            new(request) { EndNs = request.EndNs + 1 },
            new(request) { Limit = 4 },
            new(request) { KnownAtNs = 1 },
            new(request) { Order = Wire.TickOrder.Descending },
            new(request) { Symbols = { "AAPL" } },
        ];

        foreach (var other in others)
        {
            var error = await RichErrors.OfAsync(() => host.QueryAsync(other));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Equal(["resume_token"], error.Fields());
        }

        var swapped = new Wire.QueryTicksRequest(request);
        swapped.Symbols.Clear();
        swapped.Symbols.Add(["IBM", "SPY"]);
        Assert.Empty(await host.QueryAsync(swapped));
    }

    [Fact]
    public async Task TooManySymbols_AreRefused_AndAThousandAreNot()
    {
        await using var host = await QueryHost.StartAsync();
        var symbols = Enumerable.Range(0, 1_001).Select(i => "S" + i).ToArray();

        var error = await RichErrors.OfAsync(() => host.QueryAsync(Request(symbols)));

        Assert.Equal(["symbols"], error.Fields());
        Assert.Empty(await host.QueryAsync(Request(symbols[1..])));
    }

    [Fact]
    public async Task ACancelledCall_StopsReadingTheStore()
    {
        var entered = new SemaphoreSlim(0);
        var stopped = new TaskCompletionSource();
        var store = new FakeTickStore
        {
            BeforePage = async token =>
            {
                entered.Release();
                await using var registration = token.Register(stopped.SetResult);
                await stopped.Task;
            },
        };
        await using var host = await QueryHost.StartAsync(store);
        store.Put(SampleTicks.Random(9, 100, ["SPY"]));
        using var call = host.Query.QueryTicks(Request(["SPY"]), cancellationToken: TestContext.Current.CancellationToken);
        await call.ResponseHeadersAsync;
        await entered.WaitAsync(TestContext.Current.CancellationToken);

        call.Dispose();

        await stopped.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(0, store.RowsRead);
    }

    [Fact]
    public async Task ADeadlineThatPasses_IsDeadlineExceeded()
    {
        var store = new FakeTickStore { BeforePage = token => Task.Delay(Timeout.Infinite, token) };
        await using var host = await QueryHost.StartAsync(store);
        store.Put(SampleTicks.Random(9, 10, ["SPY"]));
        var deadline = TimeProvider.System.GetUtcNow().AddMilliseconds(300).UtcDateTime;
        using var call = host.Query.QueryTicks(Request(["SPY"]), deadline: deadline, cancellationToken: TestContext.Current.CancellationToken);

        var error = await RichErrors.OfAsync(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task AStoreThatIsAway_IsUnavailable_WithAReasonAndADelay()
    {
        await using var host = await QueryHost.StartAsync();
        host.Store.Down = true;

        var error = await RichErrors.OfAsync(() => host.QueryAsync(Request(["SPY"])));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("STORE_DOWN", error.Reason());
        Assert.Equal(1, error.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.Seconds);
    }

    private static Wire.QueryTicksRequest Request(string[] symbols, bool descending = false, int limit = 0) => new()
    {
        Symbols = { symbols },
        StartNs = SampleTicks.Start,
        EndNs = SampleTicks.Start + UnixTime.NsPerDay,
        Order = descending ? Wire.TickOrder.Descending : Wire.TickOrder.Ascending,
        Limit = limit,
    };

    /// <summary>Sorted the plain way, by LINQ over the whole.</summary>
    private static List<Tick> Expected(List<Tick> ticks, bool descending, int limit)
    {
        var ordered = ticks
            .OrderBy(tick => tick.EventTimeNs)
            .ThenBy(tick => tick.Id.Source, StringComparer.Ordinal)
            .ThenBy(tick => tick.Id.Sequence)
            .ThenBy(tick => tick.Symbol, StringComparer.Ordinal)
            .ToList();
        if (descending)
        {
            ordered.Reverse();
        }

        return limit == 0 ? ordered : [.. ordered.Take(limit)];
    }
}
