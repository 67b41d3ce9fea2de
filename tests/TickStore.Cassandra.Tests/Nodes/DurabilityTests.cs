namespace StockAspire.TickStore.Cassandra.Tests.Nodes;

/// <summary>What is said at the start of a node that acknowledges before it has written.</summary>
[Collection(OneNode.Name)]
public sealed class PeriodicDurabilityTests(StoreCassandra cassandra) : StoreNodeTests(cassandra)
{
    [Fact]
    public async Task A_writer_on_one_node_that_syncs_now_and_then_warns_once_that_acknowledged_rows_may_be_lost()
    {
        await using var writer = await MakeAsync();
        var warning = Assert.Single(Warnings.Messages);
        Assert.Contains("may lose what it acknowledges", warning, StringComparison.Ordinal);
        Assert.Contains("commitlog_sync: periodic, 10000ms", warning, StringComparison.Ordinal);

        await using var reader = Open(readOnly: true);
        await reader.InitializeAsync(Cancelled);
        Assert.Single(Warnings.Messages);
        Assert.Equal([warning], await reader.DiagnoseAsync(Cancelled));
    }

    [Fact]
    public async Task Fewer_copies_than_promised_are_named_in_the_same_warning()
    {
        await (await MakeAsync()).DisposeAsync();
        await using var store = await MakeAsync(settings: "?dc=dc1&replication=3");

        var warning = Assert.Single(Warnings.Messages.Skip(1));
        Assert.Contains("replication=3, the keyspace has 1", warning, StringComparison.Ordinal);
        Assert.Contains("commitlog_sync: periodic", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticks_that_expire_are_warned_of_and_so_is_a_retention_that_is_not_the_tables()
    {
        await (await MakeAsync(configure: options => options.Retention = TimeSpan.FromDays(50))).DisposeAsync();
        Assert.Contains("expire 50.00:00:00 after they are written", Warnings.Messages[1], StringComparison.Ordinal);
        Assert.Equal(2, Warnings.Messages.Count);

        await using var store = await MakeAsync();
        Assert.Contains("Store:Retention is 00:00:00, but the ticks", Warnings.Messages[3], StringComparison.Ordinal);
        Assert.Contains("made with 50.00:00:00", Warnings.Messages[3], StringComparison.Ordinal);
        Assert.Equal(5, Warnings.Messages.Count);
    }
}

public sealed class SyncedDurabilityTests(SyncedCassandra cassandra) : StoreNodeTests(cassandra), IClassFixture<SyncedCassandra>
{
    [Fact]
    public async Task A_node_that_syncs_before_it_acknowledges_is_nothing_to_warn_of()
    {
        await using var store = await MakeAsync();
        await store.WriteAsync(new[] { Ticks.Of() }, Cancelled);
        Assert.Empty(Warnings.Messages);
        Assert.Empty(await store.DiagnoseAsync(Cancelled));
    }
}
