using StockAspire.Market;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>The newest tick at a time.</summary>
public abstract partial class TickStoreContract
{
    private const long HourNs = 3_600 * UnixTime.NsPerSecond;

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, 0)]
    [InlineData(HourNs - 1, 0)]
    [InlineData(HourNs, 1)]
    [InlineData((30 * HourNs) - 1, 1)]
    [InlineData(30 * HourNs, 2)]
    [InlineData(10_000 * HourNs, 2)]
    public async Task The_newest_tick_at_or_before_a_time_is_found(long afterOpenNs, int? sequence)
    {
        await Store.WriteAsync(StoredTicks.Of(T0, sequence: 0), StoredTicks.Of(T0 + HourNs, sequence: 1), StoredTicks.Of(T0 + (30 * HourNs), sequence: 2));

        var found = await Store.FindLatestAsync("SPY", T0 + afterOpenNs, long.MinValue, Cancelled);
        Assert.Equal(sequence, (int?)found?.Tick.Id.Sequence);
    }

    [Fact]
    public async Task The_latest_of_all_is_the_last_in_canonical_order()
    {
        await Store.WriteAsync(StoredTicks.Of(source: "b"), StoredTicks.Of(source: "c", sequence: ulong.MaxValue), StoredTicks.Of(source: "c", sequence: 5), StoredTicks.Of(source: "a", sequence: 9));

        var found = await Store.FindLatestAsync("SPY", long.MaxValue, long.MinValue, Cancelled);
        Assert.Equal(new TickId("c", ulong.MaxValue), found?.Tick.Id);
    }

    [Fact]
    public async Task Below_the_oldest_time_nothing_is_an_answer()
    {
        await Store.WriteAsync(StoredTicks.Of(T0));

        Assert.NotNull(await Store.FindLatestAsync("SPY", long.MaxValue, T0, Cancelled));
        Assert.Null(await Store.FindLatestAsync("SPY", long.MaxValue, T0 + 1, Cancelled));
        Assert.Null(await Store.FindLatestAsync("SPY", T0, T0 + 1, Cancelled));
        Assert.Null(await Store.FindLatestAsync("QQQ", long.MaxValue, long.MinValue, Cancelled));
    }

    [Fact]
    public async Task Cancelled_ticks_are_passed_over_however_many()
    {
        var kept = StoredTicks.Of(T0 - (50 * HourNs), sequence: 9999, revision: 4);
        var cancelled = Enumerable.Range(0, 3000).SelectMany(i => new[]
        {
            StoredTicks.Of(T0 + (i / 2), sequence: (ulong)i),
            StoredTicks.Of(T0 + (i / 2), sequence: (ulong)i, revision: 1, action: TickAction.Cancel),
        });
        await Store.WriteAsync([kept, .. cancelled]);

        Assert.Equal(kept, await Store.FindLatestAsync("SPY", long.MaxValue, long.MinValue, Cancelled));
    }
}
