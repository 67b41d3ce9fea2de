using StockAspire.Market;

namespace StockAspire.TickStore.Cassandra.Tests.Nodes;

/// <summary>What stands in the tables, and reads and writes of sizes that the contract does not have.</summary>
[Collection(OneNode.Name)]
public sealed class RowTests(StoreCassandra cassandra) : StoreNodeTests(cassandra)
{
    [Fact]
    public async Task A_row_is_readable_by_anyone_and_written_as_of_its_event_time()
    {
        await using var store = await MakeAsync();
        await store.WriteAsync(new[] { Ticks.Of(Ticks.OpenNs + 1999, sequence: 1UL << 63, position: 7), Ticks.Of(Ticks.OpenNs, sequence: 5) }, Cancelled);

        var hour = Ticks.OpenNs / Ticks.HourNs;
        using var result = await Session.ExecuteAsync(
            $"SELECT sequence, payload.precedence, payload.price, payload.venue, payload.attributes, WRITETIME(payload) FROM {Keyspace}.ticks WHERE symbol = 'SPY' AND bucket = {hour} LIMIT 1", Cancelled);
        var rows = result.GetEnumerator();
        Assert.True(rows.MoveNext());
        var newest = rows.Current;
        Assert.Equal(1UL << 63, (ulong)newest[0].GetVarint());
        Assert.Equal(long.MaxValue - 7, newest[1].GetBigint());
        Assert.Equal(145_380_000_000, newest[2].GetBigint());
        Assert.Equal("P", newest[3].GetText());
        Assert.True(newest[4].IsNull);
        Assert.Equal((Ticks.OpenNs / 1000) + 1, newest[5].GetBigint());
    }

    [Fact]
    public async Task The_first_delivery_is_kept_through_flush_and_restart_of_the_reader()
    {
        await using (var store = await MakeAsync())
        {
            await store.WriteAsync(new[] { Ticks.Of(position: 5, priceE9: 5) }, Cancelled);
            await cassandra.Nodes.NodetoolAsync(1, "flush", Keyspace);
            await store.WriteAsync(new[] { Ticks.Of(position: 9, priceE9: 9) }, Cancelled);
            await cassandra.Nodes.NodetoolAsync(1, "flush", Keyspace);
            await store.WriteAsync(new[] { Ticks.Of(position: 3, priceE9: 3) }, Cancelled);
            await cassandra.Nodes.NodetoolAsync(1, "flush", Keyspace);
            await store.WriteAsync(new[] { Ticks.Of(position: 4, priceE9: 4) }, Cancelled);
        }

        await using var reader = Open(readOnly: true);
        Assert.Equal(Ticks.Of(position: 3, priceE9: 3), Assert.Single(await ReadAsync(reader, All())));
        await cassandra.Nodes.NodetoolAsync(1, "compact", Keyspace);
        Assert.Equal(Ticks.Of(position: 3, priceE9: 3), Assert.Single(await ReadAsync(reader, All())));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 7)]
    [InlineData(true, 501)]
    public async Task A_range_over_hundreds_of_buckets_with_gaps_is_whole(bool descending, long limit)
    {
        await using var store = await MakeAsync();
        StoredTick[] rows = [.. Enumerable.Range(0, 900).Select(i => Ticks.Of(Ticks.OpenNs + (i / 3 * 5 * Ticks.HourNs) + i, (ulong)i, i))];
        await store.WriteAsync(rows, Cancelled);

        IEnumerable<StoredTick> expected = descending ? rows.Reverse() : rows;
        var read = await ReadAsync(store, All() with { Descending = descending, Limit = limit });
        Assert.Equal(limit == 0 ? expected : expected.Take((int)limit), read);
    }

    /// <summary>The bucket of the last look is asked first: it must not be believed when there is a newer one, or nothing left in it.</summary>
    [Fact]
    public async Task The_newest_tick_is_found_again_where_it_has_moved_to()
    {
        await using var store = await MakeAsync();
        await using var reader = Open(readOnly: true);
        StoredTick[] hours = [.. Enumerable.Range(0, 4).Select(hour => Ticks.Of(Ticks.OpenNs + (hour * Ticks.HourNs), (ulong)hour, hour))];
        foreach (var row in hours)
        {
            await store.WriteAsync(new[] { row }, Cancelled);
            for (var look = 0; look < 3; look++)
                Assert.Equal(row, await reader.FindLatestAsync("SPY", long.MaxValue, long.MinValue, Cancelled));
        }

        await store.WriteAsync(new[] { hours[3] with { Tick = hours[3].Tick with { Revision = 1, Action = TickAction.Cancel }, Position = 9 } }, Cancelled);
        for (var look = 0; look < 3; look++)
            Assert.Equal(hours[2], await reader.FindLatestAsync("SPY", long.MaxValue, long.MinValue, Cancelled));
        Assert.Null(await reader.FindLatestAsync("SPY", long.MaxValue, Ticks.OpenNs + (3 * Ticks.HourNs), Cancelled));
        Assert.Null(await reader.FindLatestAsync("SPY", long.MaxValue, Ticks.OpenNs + (9 * Ticks.HourNs), Cancelled));
        Assert.Equal(hours[1], await reader.FindLatestAsync("SPY", hours[1].Tick.EventTimeNs, long.MinValue, Cancelled));
    }

    [Fact]
    public async Task A_scan_given_up_midway_leaves_the_store_working()
    {
        await using var store = await MakeAsync();
        await store.WriteAsync(Enumerable.Range(0, 20_000).Select(i => Ticks.Of(Ticks.OpenNs + (i * Ticks.HourNs / 500), (ulong)i, i)).ToArray(), Cancelled);
        for (var i = 0; i < 20; i++)
        {
            await foreach (var page in store.ScanAsync(All(), Cancelled))
            {
                Assert.Equal(0UL, page.Span[0].Tick.Id.Sequence);
                break;
            }
        }

        Assert.Equal(20_000, (await ReadAsync(store, All())).Count);
    }

    [Fact]
    public async Task Rows_of_many_bytes_go_in_more_requests()
    {
        await using var store = await MakeAsync();
        var note = new string('x', TickLimits.AttributeValueSizeMax);
        StoredTick[] rows = [.. Enumerable.Range(0, 400).Select(i => Ticks.Of(Ticks.OpenNs + i, (ulong)i, i)).Select(row => row with
        {
            Tick = row.Tick with { Attributes = AttributeMap.Of([.. Enumerable.Range(0, 15).Select(n => new KeyValuePair<string, AttributeValue>($"note{n:d2}", AttributeValue.OfText(note)))]) },
        })];
        await store.WriteAsync(rows, Cancelled);

        Assert.Equal(rows, await ReadAsync(store, All()));
        var rejected = await Assert.ThrowsAsync<TickStoreRejectedException>(() => store.WriteAsync(
            new[] { rows[0] with { Tick = rows[0].Tick with { Attributes = AttributeMap.Of([.. Enumerable.Range(0, 17).Select(n => new KeyValuePair<string, AttributeValue>($"note{n:d2}", AttributeValue.OfText(note)))]) } } }, Cancelled));
        Assert.Contains("attributes", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Symbols_of_more_than_one_look_up_come_in_order_with_their_buckets()
    {
        await using var store = await MakeAsync();
        string[] symbols = [.. Enumerable.Range(0, 300).Select(i => $"S{i * 7919 % 1000:d3}")];
        await store.WriteAsync(symbols.Select((symbol, i) => Ticks.Of(Ticks.OpenNs + (i * Ticks.HourNs), symbol: symbol)).ToArray(), Cancelled);

        var listed = new List<string>();
        while (await store.ListSymbolsAsync(listed.LastOrDefault() ?? string.Empty, 64, Cancelled) is { Count: > 0 } page)
            listed.AddRange(page.Select(symbol => symbol.Symbol));
        Assert.Equal(symbols.Order(StringComparer.Ordinal), listed);
    }

    /// <summary>
    /// A request has its objects, some 40 bytes for each of its 100 rows; a row has none but its place in the array that the caller
    /// keeps. An object or a string of its own would be 24 bytes or more.
    /// </summary>
    [Fact]
    public async Task Nothing_is_allocated_for_a_row_beyond_what_the_caller_keeps()
    {
        const int Count = 100_000;
        const int Call = 5_000;
        const int WrittenMax = 60;
        const int BeyondRowMax = 23;
        await using var store = await MakeAsync();
        StoredTick[] rows = [.. Enumerable.Range(0, Count).Select(i => Ticks.Of(Ticks.OpenNs + i, (ulong)i, i))];
        await store.WriteAsync(rows.AsMemory(0, Call), Cancelled);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Count; i += Call)
            await store.WriteAsync(rows.AsMemory(i, Call), Cancelled);
        var written = (GC.GetTotalAllocatedBytes(precise: true) - before) / Count;

        // Once before, so that the buffers of the answers are there.
        await ReadAsync(store, All());
        var read = 0;
        before = GC.GetTotalAllocatedBytes(precise: true);
        await foreach (var page in store.ScanAsync(All(), Cancelled))
            read += page.Length;
        var beyondRows = ((GC.GetTotalAllocatedBytes(precise: true) - before) / Count) - System.Runtime.CompilerServices.Unsafe.SizeOf<StoredTick>();

        TestContext.Current.SendDiagnosticMessage($"{written} bytes a row written, {beyondRows} a row read beyond the row itself");
        Assert.Equal(Count, read);
        Assert.InRange(written, 0, WrittenMax);
        Assert.InRange(beyondRows, 0, BeyondRowMax);
    }

    /// <summary>Rows called unstorable go to the dead letters: a mistake of an operator must not send them there.</summary>
    [Fact]
    public async Task A_dropped_table_is_a_schema_fault_and_no_fault_of_the_rows()
    {
        await using var store = await MakeAsync();
        await store.WriteAsync(new[] { Ticks.Of() }, Cancelled);
        (await Session.ExecuteAsync($"DROP TABLE {Keyspace}.ticks", Cancelled)).Dispose();

        await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.WriteAsync(new[] { Ticks.Of(sequence: 2), Ticks.Of(sequence: 3) }, Cancelled));
        await Assert.ThrowsAsync<TickStoreSchemaException>(() => ReadAsync(store, All()));
    }
}
