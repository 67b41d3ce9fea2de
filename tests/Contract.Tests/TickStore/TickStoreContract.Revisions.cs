using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>Corrections, cancellations, and what was known when.</summary>
public abstract partial class TickStoreContract
{
    private const long T0 = StoredTicks.OpenNs;

    private static readonly StoredTick Original = StoredTicks.Of(position: 10, ingestTimeNs: T0 + 10, priceE9: 1);
    private static readonly StoredTick Correction = StoredTicks.Of(position: 20, ingestTimeNs: T0 + 20, priceE9: 2, revision: 1, action: TickAction.Correct);
    private static readonly StoredTick Cancellation = StoredTicks.Of(position: 30, ingestTimeNs: T0 + 30, priceE9: 2, revision: 2, action: TickAction.Cancel);
    private static readonly StoredTick Neighbour = StoredTicks.Of(sequence: 2, position: 11, ingestTimeNs: T0 + 11);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_highest_revision_is_given_in_whatever_order_they_came(bool descending)
    {
        await Store.WriteAsync(Correction, Neighbour);
        await Store.WriteAsync(Original);

        Assert.Equal(Directed([Correction, Neighbour], descending), await Store.ReadAsync(StoredTicks.All() with { Descending = descending }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_tick_is_left_out(bool descending)
    {
        await Store.WriteAsync(Cancellation, Original, Neighbour, Correction);

        Assert.Equal([Neighbour], await Store.ReadAsync(StoredTicks.All() with { Descending = descending }));
    }

    [Fact]
    public async Task A_correction_above_a_cancellation_brings_the_tick_back()
    {
        var revived = StoredTicks.Of(position: 40, revision: 3, action: TickAction.Correct);
        await Store.WriteAsync(Original, Cancellation, revived);

        Assert.Equal([revived], await Store.ReadAsync(StoredTicks.All()));
    }

    [Theory]
    [InlineData(9, new uint[] { })]
    [InlineData(10, new uint[] { 0 })]
    [InlineData(19, new uint[] { 0 })]
    [InlineData(20, new uint[] { 1 })]
    [InlineData(29, new uint[] { 1 })]
    [InlineData(30, new uint[] { })]
    public async Task A_scan_gives_what_was_known_by_a_time(long knownAt, uint[] revisions)
    {
        await Store.WriteAsync(Original, Correction, Cancellation);

        foreach (var descending in new[] { false, true })
        {
            var rows = await Store.ReadAsync(StoredTicks.All() with { KnownAtNs = T0 + knownAt, Descending = descending });
            Assert.Equal(revisions, rows.Select(row => row.Tick.Revision));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_revisions_are_given_on_demand_and_known_at_still_counts(bool descending)
    {
        await Store.WriteAsync(Cancellation, Neighbour, Original, Correction);
        var scan = StoredTicks.All() with { AllRevisions = true, Descending = descending };

        Assert.Equal(Directed([Original, Correction, Cancellation, Neighbour], descending), await Store.ReadAsync(scan));
        Assert.Equal(Directed([Original, Correction, Neighbour], descending), await Store.ReadAsync(scan with { KnownAtNs = T0 + 20 }));
    }

    [Fact]
    public async Task Going_on_after_a_tick_gives_a_correction_of_it_that_came_since()
    {
        await Store.WriteAsync(Original, Correction, Neighbour);

        Assert.Equal([Correction, Neighbour], await Store.ReadAsync(StoredTicks.All() with { After = Original.Tick.Key }));
        Assert.Equal([Neighbour], await Store.ReadAsync(StoredTicks.All() with { After = Correction.Tick.Key }));
    }

    [Fact]
    public async Task Going_on_downwards_never_gives_a_lower_revision_of_what_was_given()
    {
        await Store.WriteAsync(Original, Correction, Neighbour);
        var scan = StoredTicks.All() with { Descending = true };

        Assert.Empty(await Store.ReadAsync(scan with { After = Correction.Tick.Key }));
        Assert.Equal([Correction], await Store.ReadAsync(scan with { After = Neighbour.Tick.Key }));
    }

    [Fact]
    public async Task Limits_count_what_is_given_not_what_is_hidden()
    {
        await Store.WriteAsync(Original, Correction, Cancellation, Neighbour, StoredTicks.Of(sequence: 3));

        Assert.Equal([2UL, 3UL], (await Store.ReadAsync(StoredTicks.All() with { Limit = 2 })).Select(row => row.Tick.Id.Sequence));
    }

    [Fact]
    public async Task More_revisions_of_one_tick_than_a_page_holds_are_still_one_tick()
    {
        var revisions = Enumerable.Range(0, 9000).Select(i => StoredTicks.Of(revision: (uint)i, position: i, priceE9: i)).ToArray();
        await Store.WriteAsync([.. revisions, Neighbour]);

        Assert.Equal([revisions[^1], Neighbour], await Store.ReadAsync(StoredTicks.All()));
        Assert.Equal([Neighbour, revisions[^1]], await Store.ReadAsync(StoredTicks.All() with { Descending = true }));
        Assert.Equal([.. revisions, Neighbour], await Store.ReadAsync(StoredTicks.All() with { AllRevisions = true }));
    }

    private static IEnumerable<StoredTick> Directed(IEnumerable<StoredTick> ascending, bool descending) =>
        descending ? ascending.Reverse() : ascending;
}
