using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>Order, ranges, limits and going on.</summary>
public abstract partial class TickStoreContract
{
    // Written in an order other than the names', so that numbers given out by first sight sort differently.
    private static readonly string[] Sources = ["zeta", "alpha", "Zeta", "\uffee", "😀", "csv:0", "a", "ab"];

    [Fact]
    public async Task Ticks_of_one_time_come_by_source_name_ordinal_then_by_sequence_unsigned()
    {
        ulong[] sequences = [ulong.MaxValue, 1UL << 63, 0, (1UL << 63) - 1, 5];
        var rows = (from source in Sources from sequence in sequences select StoredTicks.Of(source: source, sequence: sequence)).ToArray();
        await Store.WriteAsync(rows);

        var expected = rows.OrderBy(row => row.Tick.Id.Source, StringComparer.Ordinal).ThenBy(row => row.Tick.Id.Sequence).ToList();
        Assert.Equal(expected, await Store.ReadAsync(StoredTicks.All()));
        Assert.Equal(Enumerable.Reverse(expected), await Store.ReadAsync(StoredTicks.All() with { Descending = true }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scan_can_go_on_after_each_of_its_keys(bool descending)
    {
        var rows = (from source in Sources
                    from sequence in new[] { 0UL, 1UL, ulong.MaxValue }
                    from time in new[] { 0L, 1L, 7L }
                    select StoredTicks.Of(T0 + time, source, sequence)).ToArray();
        await Store.WriteAsync(rows);
        var all = await Store.ReadAsync(StoredTicks.All() with { Descending = descending });
        Assert.Equal(rows.Length, all.Count);

        for (var i = 0; i < all.Count; i++)
        {
            var rest = await Store.ReadAsync(StoredTicks.All() with { Descending = descending, After = all[i].Tick.Key });
            Assert.Equal(all.Skip(i + 1), rest);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(767)]
    [InlineData(768)]
    [InlineData(769)]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(5001)]
    [InlineData(0)]
    public async Task Limits_are_exact(long limit)
    {
        var rows = Enumerable.Range(0, 5000).Select(i => StoredTicks.Of(T0 + (i / 4), Sources[i % 4], (ulong)i)).ToArray();
        await Store.WriteAsync(rows);
        var model = new TickStoreModel();
        model.Write(rows);

        foreach (var descending in new[] { false, true })
        {
            var scan = StoredTicks.All() with { Limit = limit, Descending = descending };
            Assert.Equal(model.Scan(scan), await Store.ReadAsync(scan));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_time_with_more_rows_than_a_page_comes_in_order_and_in_pieces(bool descending)
    {
        // Daily data has one time for everything; sequences cross 2^63.
        var rows = Enumerable.Range(0, 6000).Select(i => StoredTicks.Of(
            i < 20 ? T0 - 1 : i >= 5990 ? T0 + 1 : T0, Sources[i % Sources.Length], ((1UL << 63) - 3000) + (ulong)i)).ToArray();
        new Random(3).Shuffle(rows);
        await Store.WriteAsync(rows);
        var model = new TickStoreModel();
        model.Write(rows);
        var scan = StoredTicks.All() with { Descending = descending };
        var expected = model.Scan(scan);

        Assert.Equal(expected, await Store.ReadAsync(scan));
        foreach (var seen in new[] { 1, 19, 20, 700, 3000, 5989, 5990, 5999 })
            Assert.Equal(expected.Skip(seen).Take(900), await Store.ReadAsync(scan with { After = expected[seen - 1].Tick.Key, Limit = 900 }));
    }

    [Fact]
    public async Task The_start_is_inclusive_and_the_end_exclusive()
    {
        await Store.WriteAsync([.. Enumerable.Range(0, 5).Select(i => StoredTicks.Of(T0 + i, sequence: (ulong)i))]);

        var rows = await Store.ReadAsync(new TickScan { Symbol = "SPY", StartNs = T0 + 1, EndNs = T0 + 3 });
        Assert.Equal([1UL, 2UL], rows.Select(row => row.Tick.Id.Sequence));
    }

    [Fact]
    public async Task A_range_across_buckets_and_1970_is_whole()
    {
        var rows = Enumerable.Range(-50, 100).Select(i => StoredTicks.Of(i * 1_800_000_000_000L, sequence: (ulong)(i + 50))).ToArray();
        await Store.WriteAsync([.. rows.Reverse()]);

        Assert.Equal(rows, await Store.ReadAsync(StoredTicks.All()));
        Assert.Equal(rows[49..52], await Store.ReadAsync(new TickScan { Symbol = "SPY", StartNs = -1_800_000_000_000, EndNs = 1_800_000_000_001 }));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, long.MinValue)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public async Task An_empty_range_gives_nothing(long startNs, long endNs)
    {
        await Store.WriteAsync(StoredTicks.Of(0));
        Assert.Empty(await Store.ReadAsync(new TickScan { Symbol = "SPY", StartNs = startNs, EndNs = endNs }));
    }

    [Fact]
    public async Task Another_symbol_gives_nothing()
    {
        await Store.WriteAsync(StoredTicks.Of());
        Assert.Empty(await Store.ReadAsync(StoredTicks.All("SP")));
        Assert.Empty(await Store.ReadAsync(StoredTicks.All("spy")));
    }

    [Fact]
    public async Task A_key_behind_or_beyond_the_range_begins_it_or_leaves_nothing()
    {
        await Store.WriteAsync(StoredTicks.Of(T0), StoredTicks.Of(T0 + 1));
        var before = new TickKey(T0 - 1, "zzz", 9);
        var behind = new TickKey(T0 + 2, "", 0);

        Assert.Equal(2, (await Store.ReadAsync(StoredTicks.All() with { After = before })).Count);
        Assert.Empty(await Store.ReadAsync(StoredTicks.All() with { After = behind }));
        Assert.Empty(await Store.ReadAsync(StoredTicks.All() with { After = before, Descending = true }));
        Assert.Equal(2, (await Store.ReadAsync(StoredTicks.All() with { After = behind, Descending = true })).Count);
    }

    [Fact]
    public async Task A_cancelled_scan_ends()
    {
        await Store.WriteAsync([.. Enumerable.Range(0, 20_000).Select(i => StoredTicks.Of(T0 + i))]);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var page in Store.ScanAsync(StoredTicks.All(), source.Token))
                await source.CancelAsync();
        });
    }

    [Fact]
    public async Task A_page_stays_as_it_was_when_the_next_one_is_read()
    {
        await Store.WriteAsync([.. Enumerable.Range(0, 10_000).Select(i => StoredTicks.Of(T0 + i, sequence: (ulong)i))]);
        var pages = new List<ReadOnlyMemory<StoredTick>>();
        await foreach (var page in Store.ScanAsync(StoredTicks.All(), Cancelled))
            pages.Add(page);

        Assert.True(pages.Count > 1);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (ulong)i), pages.SelectMany(page => page.ToArray()).Select(row => row.Tick.Id.Sequence));
    }
}
