using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>First delivery wins, replays change nothing.</summary>
public abstract partial class TickStoreContract
{
    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(1, 3, 2)]
    [InlineData(2, 1, 3)]
    [InlineData(2, 3, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(3, 2, 1)]
    public async Task Of_several_deliveries_the_lowest_position_is_kept_whatever_their_order(int first, int second, int third)
    {
        foreach (var position in new[] { first, second, third })
            await Store.WriteAsync(StoredTicks.Of(position: position, priceE9: position));

        var row = Assert.Single(await Store.ReadAsync(StoredTicks.All()));
        Assert.Equal(StoredTicks.Of(position: 1, priceE9: 1), row);
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(2, 1, 3)]
    public async Task Of_several_deliveries_in_one_call_the_lowest_position_is_kept(int first, int second, int third)
    {
        await Store.WriteAsync([.. new[] { first, second, third }.Select(position => StoredTicks.Of(position: position, priceE9: position))]);

        Assert.Equal(StoredTicks.Of(position: 1, priceE9: 1), Assert.Single(await Store.ReadAsync(StoredTicks.All())));
    }

    [Fact]
    public async Task The_first_delivery_is_kept_whole_with_every_field_of_its_own()
    {
        var first = RichTick(position: 5);
        await Store.WriteAsync(StoredTicks.Of(position: 9, symbol: first.Tick.Symbol, source: first.Tick.Id.Source, sequence: first.Tick.Id.Sequence, revision: first.Tick.Revision));
        await Store.WriteAsync(first);

        Assert.Equal(first, Assert.Single(await Store.ReadAsync(StoredTicks.All(first.Tick.Symbol) with { AllRevisions = true })));
    }

    [Fact]
    public async Task A_later_topic_incarnation_never_replaces_an_earlier_one()
    {
        var earlier = StoredTick.PositionOf(0, (1L << StoredTick.OffsetBits) - 1);
        var later = StoredTick.PositionOf(1, 0);
        await Store.WriteAsync(StoredTicks.Of(position: later, priceE9: 2));
        await Store.WriteAsync(StoredTicks.Of(position: earlier, priceE9: 1));

        Assert.Equal(earlier, Assert.Single(await Store.ReadAsync(StoredTicks.All())).Position);
    }

    [Fact]
    public async Task Replays_in_any_order_give_the_same_rows()
    {
        var rows = Enumerable.Range(0, 3000).Select(i => StoredTicks.Of(
            eventTimeNs: StoredTicks.OpenNs + (i / 3), source: "s" + (i % 7), sequence: (ulong)i, position: i, symbol: "S" + (i % 2))).ToArray();
        await Store.WriteAsync(rows);
        var before = await Store.ReadAsync(StoredTicks.All("S0"));

        var random = new Random(7);
        for (var replay = 0; replay < 3; replay++)
        {
            var again = rows.Select(row => row with { Position = row.Position + 10_000 }).ToArray();
            random.Shuffle(again);
            foreach (var call in again.Chunk(700))
                await Store.WriteAsync(call);
        }

        Assert.Equal(1500, before.Count);
        Assert.Equal(before, await Store.ReadAsync(StoredTicks.All("S0")));
    }

    [Fact]
    public async Task Writers_at_the_same_time_lose_nothing_and_agree_on_the_first_delivery()
    {
        // Eight callers deliver overlapping rows, each in an order and at positions of its own.
        var model = new TickStoreModel();
        var deliveries = Enumerable.Range(0, 8).Select(caller =>
        {
            var random = new Random(caller);
            var rows = Enumerable.Range(0, 2000).Select(i => StoredTicks.Of(
                eventTimeNs: StoredTicks.OpenNs + i, sequence: (ulong)i, position: random.Next(1 << 30), priceE9: caller)).ToArray();
            random.Shuffle(rows);
            return rows;
        }).ToList();
        deliveries.ForEach(model.Write);

        await Task.WhenAll(deliveries.Select(rows => Task.Run(async () =>
        {
            foreach (var call in rows.Chunk(93))
                await Store.WriteAsync(call);
        })));

        Assert.Equal(model.Scan(StoredTicks.All()), await Store.ReadAsync(StoredTicks.All()));
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_in_a_store_opened_afterwards()
    {
        await Store.WriteAsync(StoredTicks.Of());
        await using var another = await OpenAsync();
        await another.InitializeAsync(Cancelled);

        Assert.Equal(StoredTicks.Of(), Assert.Single(await another.ReadAsync(StoredTicks.All())));
    }

    [Fact]
    public async Task A_row_that_can_never_be_stored_is_refused_and_those_of_other_calls_are_not()
    {
        var bad = StoredTicks.Of(symbol: "HAS BLANK", sequence: 3);
        var others = Enumerable.Range(0, 20).Select(i => Store.WriteAsync(StoredTicks.Of(sequence: (ulong)(100 + i)))).ToList();
        var refused = await Assert.ThrowsAsync<TickStoreRejectedException>(() => Store.WriteAsync(StoredTicks.Of(sequence: 2), bad));
        await Task.WhenAll(others);

        Assert.Contains("symbol", refused.Message, StringComparison.Ordinal);
        Assert.Contains("HAS BLANK", refused.Message, StringComparison.Ordinal);
        Assert.Equal(20, (await Store.ReadAsync(StoredTicks.All())).Count);
    }

    [Fact]
    public async Task A_call_without_rows_is_well()
    {
        await Store.WriteAsync();
        Assert.Empty(await Store.ReadAsync(StoredTicks.All()));
    }

    [Fact]
    public async Task A_write_cancelled_before_it_begins_says_so()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.WriteAsync(new[] { StoredTicks.Of() }, new CancellationToken(canceled: true)));
        Assert.Empty(await Store.ReadAsync(StoredTicks.All()));
    }

    [Fact]
    public async Task Topics_are_numbered_in_the_order_they_are_first_seen_for_ever()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, await Store.RegisterTopicAsync(first, Cancelled));
        Assert.Equal(1, await Store.RegisterTopicAsync(second, Cancelled));
        Assert.Equal(0, await Store.RegisterTopicAsync(first, Cancelled));

        await using var another = await OpenAsync();
        await another.InitializeAsync(Cancelled);
        Assert.Equal(1, await another.RegisterTopicAsync(second, Cancelled));
    }
}
