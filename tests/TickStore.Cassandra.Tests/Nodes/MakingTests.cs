using StockAspire.Market;

namespace StockAspire.TickStore.Cassandra.Tests.Nodes;

/// <summary>How a store comes to be, and who may use it.</summary>
[Collection(OneNode.Name)]
public sealed class MakingTests(StoreCassandra cassandra) : StoreNodeTests(cassandra)
{
    [Fact]
    public async Task Processes_that_make_a_store_at_once_make_one()
    {
        var stores = Enumerable.Range(0, 5).Select(_ => Open()).ToList();
        await Task.WhenAll(stores.Select(store => store.InitializeAsync(Cancelled)));
        await Task.WhenAll(stores.Select((store, i) => store.WriteAsync(new[] { Ticks.Of(sequence: (ulong)i) }, Cancelled)));

        foreach (var store in stores)
        {
            Assert.Equal(5, (await ReadAsync(store, All())).Count);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Topics_registered_at_once_have_numbers_of_their_own_without_a_gap()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MakeAsync()));
        var topics = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToList();
        var epochs = await Task.WhenAll(topics.SelectMany(topic => stores.Select(store => store.RegisterTopicAsync(topic, Cancelled))));

        var byTopic = epochs.Chunk(stores.Length).ToList();
        Assert.All(byTopic, numbers => Assert.Single(numbers.Distinct()));
        Assert.Equal(Enumerable.Range(0, topics.Count), byTopic.Select(numbers => numbers[0]).Order());
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Another_bucket_width_than_the_recorded_one_stops_the_start_with_both()
    {
        await (await MakeAsync()).DisposeAsync();

        await using var other = Open(configure: options => options.BucketWidth = TimeSpan.FromMinutes(30));
        var fault = await Assert.ThrowsAsync<TickStoreSchemaException>(() => other.InitializeAsync(Cancelled));
        Assert.Contains("Store:BucketWidth 01:00:00", fault.Message, StringComparison.Ordinal);
        Assert.Contains("00:30:00", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_takes_the_recorded_bucket_width()
    {
        await using var writer = await MakeAsync(configure: options => options.BucketWidth = TimeSpan.FromMinutes(5));
        StoredTick[] rows = [.. Enumerable.Range(0, 10).Select(i => Ticks.Of(Ticks.OpenNs + (i * 60 * UnixTime.NsPerSecond), (ulong)i))];
        await writer.WriteAsync(rows, Cancelled);

        await using var reader = Open(readOnly: true);
        Assert.Equal(rows, await ReadAsync(reader, All()));
        Assert.Equal(rows[^1], await reader.FindLatestAsync("SPY", long.MaxValue, long.MinValue, Cancelled));
    }

    [Theory]
    [InlineData("layout = 'blocks'", "Store:Layout blocks")]
    [InlineData("schema_version = 2", "schema version 2")]
    public async Task A_store_that_this_program_does_not_know_is_refused_by_name(string change, string expected)
    {
        await (await MakeAsync()).DisposeAsync();
        (await Session.ExecuteAsync($"UPDATE {Keyspace}.store_plan SET {change} WHERE part = 0 AND version = 1", Cancelled)).Dispose();

        foreach (var readOnly in new[] { false, true })
        {
            await using var store = Open(readOnly);
            var fault = await Assert.ThrowsAsync<TickStoreSchemaException>(() => store.InitializeAsync(Cancelled));
            Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reader_waits_for_a_writer_and_makes_nothing()
    {
        await using var reader = Open(readOnly: true);
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => reader.InitializeAsync(Cancelled));
        Assert.Empty(await QueryAsync($"SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = '{Keyspace}'"));

        await using var writer = await MakeAsync();
        await reader.InitializeAsync(Cancelled);
        Assert.Empty(await ReadAsync(reader, All()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.WriteAsync(new[] { Ticks.Of() }, Cancelled));
    }

    [Fact]
    public async Task A_reader_that_asks_while_a_store_is_being_made_waits_for_it()
    {
        using var made = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => AskUntilMadeAsync(made.Token), Cancelled)).ToList();
        await using var writer = await MakeAsync();
        made.CancelAfter(TimeSpan.FromMinutes(2));
        await Task.WhenAll(readers);

        // A node lists a table before it can be asked for it: whoever comes between must come again, not give up.
        async Task AskUntilMadeAsync(CancellationToken cancellationToken)
        {
            await using var reader = Open(readOnly: true);
            while (true)
            {
                try
                {
                    await reader.InitializeAsync(cancellationToken);
                    return;
                }
                catch (TickStoreUnavailableException)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
    }

    [Fact]
    public async Task A_reader_knows_only_registered_topics()
    {
        var topic = Guid.NewGuid();
        await using var writer = await MakeAsync();
        await using var reader = Open(readOnly: true);
        await Assert.ThrowsAsync<TickStoreUnavailableException>(() => reader.RegisterTopicAsync(topic, Cancelled));
        await writer.RegisterTopicAsync(Guid.NewGuid(), Cancelled);
        await writer.RegisterTopicAsync(topic, Cancelled);
        Assert.Equal(1, await reader.RegisterTopicAsync(topic, Cancelled));
    }

    [Fact]
    public async Task Retention_and_window_are_those_of_the_configuration()
    {
        await using var store = await MakeAsync(configure: options => options.Retention = TimeSpan.FromDays(50));
        using var table = await Session.ExecuteAsync($"SELECT compaction, default_time_to_live FROM system_schema.tables WHERE keyspace_name = '{Keyspace}' AND table_name = 'ticks'", Cancelled);
        foreach (var row in table)
        {
            Dictionary<string, string> compaction = [];
            var entries = row[0].GetMap();
            while (entries.MoveNext())
                compaction[entries.Key.GetText()] = entries.Value.GetText();
            Assert.EndsWith("TimeWindowCompactionStrategy", compaction["class"], StringComparison.Ordinal);
            Assert.Equal(("DAYS", "2"), (compaction["compaction_window_unit"], compaction["compaction_window_size"]));
            Assert.Equal(50 * 86_400, row[1].GetInt());
        }

        Assert.Equal(1, table.RowCount);
    }

    [Theory]
    [InlineData("?dc=dc1", "NetworkTopologyStrategy", "dc1")]
    [InlineData("", "SimpleStrategy", "replication_factor")]
    public async Task The_keyspace_has_its_copies_in_the_named_datacenter_or_round_the_ring(string settings, string strategy, string key)
    {
        await using var store = await MakeAsync(settings);
        using var keyspace = await Session.ExecuteAsync($"SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = '{Keyspace}'", Cancelled);
        foreach (var row in keyspace)
        {
            Dictionary<string, string> replication = [];
            var entries = row[0].GetMap();
            while (entries.MoveNext())
                replication[entries.Key.GetText()] = entries.Value.GetText();
            Assert.EndsWith(strategy, replication["class"], StringComparison.Ordinal);
            Assert.Equal("1", replication[key]);
        }

        Assert.Equal(1, keyspace.RowCount);
    }

    [Fact]
    public async Task A_datacenter_that_is_not_there_stops_the_start_or_is_waited_for_by_name()
    {
        await using var store = Open(settings: "?dc=elsewhere");
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => store.InitializeAsync(Cancelled));
        Assert.True(fault is TickStoreSchemaException or TickStoreUnavailableException, fault.ToString());
        Assert.Contains("elsewhere", fault.Message, StringComparison.Ordinal);
    }
}
