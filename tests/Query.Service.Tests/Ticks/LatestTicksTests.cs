using StockAspire.Query.Service.Tests.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Ticks;

public sealed class LatestTicksTests
{
    [Fact]
    public async Task Latest_IsTheNewestByEventTime_InTheOrderAsked_AndListsWhatIsMissing()
    {
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(
            SampleTicks.Of("SPY", SampleTicks.Start + 5, 1),
            SampleTicks.Of("SPY", SampleTicks.Start + 3, 2),
            SampleTicks.Of("IBM", SampleTicks.Start, 3));

        var answer = await host.Query.GetLatestTicksAsync(new Wire.GetLatestTicksRequest { Symbols = { "SPY", "NONE", "IBM" } }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([1UL, 3UL], answer.Ticks.Select(tick => tick.Tick.Id.Sequence));
        Assert.Equal(["NONE"], answer.Missing);
        Assert.All(answer.Ticks, tick => Assert.True(tick.AgeNs > 0));
    }

    [Theory]
    [InlineData(5, 0, 1UL, 0)]
    [InlineData(4, 0, 2UL, 1)]
    [InlineData(4, 1, 2UL, 1)]
    [InlineData(5_000, 4_994, null, 0)]
    [InlineData(5_000, 4_995, 1UL, 4_995)]
    [InlineData(2, 0, null, 0)]
    public async Task AsOf_IsTheNewestAtOrBefore_UnlessTooOld(long offsetNs, long maxAgeNs, ulong? sequence, long ageNs)
    {
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(SampleTicks.Of("SPY", SampleTicks.Start + 5, 1), SampleTicks.Of("SPY", SampleTicks.Start + 3, 2));

        var answer = await host.Query.GetTicksAsOfAsync(
            new Wire.GetTicksAsOfRequest { Symbols = { "SPY" }, TimeNs = SampleTicks.Start + offsetNs, MaxAgeNs = maxAgeNs },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(sequence is null ? [] : [(sequence.Value, ageNs)], answer.Ticks.Select(tick => (tick.Tick.Id.Sequence, tick.AgeNs)));
        Assert.Equal(sequence is null ? ["SPY"] : [], answer.Missing);
    }

    [Fact]
    public async Task ANegativeAge_AndNoSymbols_AreBothTold()
    {
        await using var host = await QueryHost.StartAsync();

        var error = await RichErrors.OfAsync(async () => await host.Query.GetTicksAsOfAsync(
            new Wire.GetTicksAsOfRequest { MaxAgeNs = -1 }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(["symbols", "max_age_ns"], error.Fields());
    }
}
