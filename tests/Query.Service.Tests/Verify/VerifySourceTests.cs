using Grpc.Core;
using StockAspire.Market.Seals;
using StockAspire.Query.Service.Tests.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Verify;

/// <summary>VerifySource and the source list against an embedded broker.</summary>
public sealed class VerifySourceTests
{
    [Fact]
    public async Task Verify_FindsARemovedRow_AndIsContentOtherwise()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        var ticks = Enumerable.Range(1, 100).Select(i => SampleTicks.Of(i % 3 == 0 ? "IBM" : "SPY", SampleTicks.Start + i, (ulong)i)).ToList();
        var builder = new SealBuilder("feed", 1, 1);
        ticks.ForEach(tick => builder.Add(tick));
        await broker.SealAsync(builder.Build(7));
        host.Store.Put(ticks);

        var whole = await VerifyAsync(host, "feed");
        host.Store.Remove(ticks[40]);
        var damaged = await VerifyAsync(host, "feed");
        var other = await VerifyAsync(host, "feed", "IBM");

        Assert.True(Assert.Single(whole).Summary.Ok);
        Assert.Equal((100, 100), (whole[0].Summary.Sealed, whole[0].Summary.Stored));
        var finding = damaged[0].Finding;
        Assert.Equal("SPY", finding.Symbol);
        Assert.Equal([(41UL, 41UL)], finding.Missing.Select(range => (range.First, range.Last)));
        Assert.Equal((67, 66), (finding.ExpectedCount, finding.ActualCount));
        var summary = damaged[^1].Summary;
        Assert.Equal((false, 1, 0, 0), (summary.Ok, summary.Missing, summary.Unexpected, summary.Altered));
        Assert.True(Assert.Single(other).Summary.Ok);
    }

    [Fact]
    public async Task ASourceWithoutASeal_IsNotFound()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await broker.SealAsync(new SealBuilder("opened", 1, 1).Build(0));

        foreach (var source in new[] { "none", "opened" })
        {
            var error = await RichErrors.OfAsync(() => VerifyAsync(host, source));
            Assert.Equal(StatusCode.NotFound, error.StatusCode);
            Assert.Equal("NOT_FOUND", error.Reason());
        }
    }

    [Fact]
    public async Task Sources_CountOverlappingSealsOnce_AndPageInOrdinalOrder()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        var ticks = Enumerable.Range(1, 10).Select(i => SampleTicks.Of("SPY", SampleTicks.Start + i, (ulong)i, "b")).ToList();
        var first = new SealBuilder("b", 1, 1);
        ticks.ForEach(tick => first.Add(tick));
        first.AddRejected(11);
        var resend = new SealBuilder("b", 2, 6);
        ticks[5..].ForEach(tick => resend.Add(tick));
        var other = new SealBuilder("a", 1, 1);
        other.Add(SampleTicks.Of("IBM", SampleTicks.Start, 1, "a"));
        await broker.SealAsync(first.Build(5), resend.Build(6), other.Build(7));
        await broker.ProduceAsync(TickStream.Topics.Sources, "b"u8.ToArray(), Google.Protobuf.MessageExtensions.ToByteArray(new Wire.SourceRecord { Source = "b", Path = "x.csv" }));

        var page = await host.Query.ListSourcesAsync(new Wire.ListSourcesRequest { PageSize = 1 }, cancellationToken: TestContext.Current.CancellationToken);
        var next = await host.Query.ListSourcesAsync(new Wire.ListSourcesRequest { PageSize = 1, PageToken = page.NextPageToken }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("a", Assert.Single(page.Sources).Source);
        var b = Assert.Single(next.Sources);
        Assert.Equal(string.Empty, next.NextPageToken);
        Assert.Equal(("b", 2UL, 1UL, 11UL, 10UL, 1UL), (b.Source, b.Epoch, b.FirstSequence, b.LastSequence, b.Ticks, b.Rejected));
        Assert.Equal((SampleTicks.Start + 1, SampleTicks.Start + 10, 6L, "x.csv"), (b.FirstEventTimeNs, b.LastEventTimeNs, b.LastSealedAtNs, b.Record.Path));
        Assert.Equal(b, Wire.GetSourceResponse.Parser.ParseJson(await host.Json.GetStringAsync(new Uri("/v1/sources/b", UriKind.Relative), TestContext.Current.CancellationToken)).Source);
    }

    private static async Task<List<Wire.VerifySourceResponse>> VerifyAsync(QueryHost host, string source, params string[] symbols)
    {
        using var call = host.Ops.VerifySource(new Wire.VerifySourceRequest { Source = source, Symbols = { symbols } }, cancellationToken: TestContext.Current.CancellationToken);
        return [.. (await call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken))
            .Where(answer => answer.MessageCase != Wire.VerifySourceResponse.MessageOneofCase.Progress)];
    }
}
