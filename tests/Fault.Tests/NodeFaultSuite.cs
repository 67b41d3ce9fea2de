using Confluent.Kafka;
using StockAspire.Cql;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Engines;

namespace StockAspire.Fault.Tests;

/// <summary>
/// What befalls real nodes of Kafka and Cassandra while a day goes in and is read. After each, everything that was acknowledged is there
/// exactly once, nothing was committed before it was stored, and no service was started again. Prints how long it took.
/// </summary>
public abstract class NodeFaultSuite
{
    private readonly RealEnginesFixture _fixture;
    private readonly ITestOutputHelper _output;

    private protected NodeFaultSuite(RealEnginesFixture fixture, ITestOutputHelper output)
    {
        Assert.SkipWhen(fixture.Absence is not null, fixture.Absence ?? string.Empty);
        (_fixture, _output) = (fixture, output);
    }

    private protected RealCassandra Cassandra => _fixture.Cassandra;

    /// <summary>Ticks a second: low enough that a day lasts longer than a fault.</summary>
    private protected virtual long Rate => 800;

    [Fact]
    public async Task Cassandra_killed_as_a_whole_and_started_again()
    {
        await using var load = await StartAsync("ibm_20131009_trade.zip");
        await Cassandra.KillAllAsync();
        await load.AcknowledgesAsync(2_000);
        await Cassandra.StartAsync();
        await load.GoesOnAsync("from the nodes' listening on");
        await load.EndsExactlyAsync("all Cassandra nodes killed");
    }

    [Fact]
    public async Task A_column_added_to_the_ticks_and_dropped_again()
    {
        await using var load = await StartAsync("ibm_20131010_trade.zip");
        await using (var session = await CqlSession.ConnectAsync(new CqlOptions { ContactPoints = Cassandra.ContactPoints.Split(','), ConnectTimeout = TimeSpan.FromSeconds(30), RequestTimeout = TimeSpan.FromMinutes(2), AttemptTimeout = TimeSpan.FromMinutes(1) }))
        {
            foreach (var change in new[] { "ADD (a_note text, b_note int)", "DROP b_note" })
            {
                (await session.ExecuteAsync($"ALTER TABLE stockaspire.ticks {change}", TestContext.Current.CancellationToken)).Dispose();
                await load.GoesOnAsync($"after {change}");
            }
        }

        await load.EndsExactlyAsync("columns added and dropped");
    }

    [Fact]
    public async Task The_Kafka_node_under_the_producer_killed_and_started_again()
    {
        await using var load = await StartAsync("aig_20131009_trade.zip");
        var leader = Leader(load.Partition!);
        await _fixture.Kafka.KillAsync(leader);
        if (_fixture.Kafka.Nodes > 1)
        {
            await load.GoesOnAsync($"without Kafka node {leader}");
        }

        await _fixture.Kafka.UpAsync(leader);
        await load.GoesOnAsync($"with Kafka node {leader} again");
        await load.EndsExactlyAsync("a Kafka node killed");
    }

    private protected Task<WatchedLoad> StartAsync(string file) => WatchedLoad.StartAsync(_fixture.Pipeline, file, Rate, _output);

    private int Leader(TopicPartition partition)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _fixture.Kafka.ContactPoints }).Build();
        return admin.GetMetadata(partition.Topic, TimeSpan.FromSeconds(30)).Topics[0].Partitions.Single(found => found.PartitionId == partition.Partition.Value).Leader;
    }
}

/// <summary>One node of each: what is down is waited for.</summary>
[Collection(OneOfEach.Name)]
public sealed class OneNodeFaultTests(RealEnginesFixture fixture, ITestOutputHelper output) : NodeFaultSuite(fixture, output)
{
    private protected override long Rate => 4_000;
}

/// <summary>Three nodes of each: one of them may go without anyone waiting long.</summary>
[Collection(ThreeOfEach.Name)]
public sealed class ThreeNodeFaultTests(ThreeEnginesFixture fixture, ITestOutputHelper output) : NodeFaultSuite(fixture, output)
{
    /// <summary>Ticks of half a minute: the others have long said then that a node is down.</summary>
    private const ulong WhileGone = 20_000;

    [Fact]
    public async Task One_Cassandra_node_frozen_and_thawed()
    {
        await using var load = await StartAsync("aig_20131010_trade.zip");
        await Cassandra.FreezeAsync(2);
        await load.GoesOnAsync("with a frozen node");
        await load.AcknowledgesAsync(WhileGone);
        await load.GoesOnAsync("with the node still frozen");
        await Cassandra.ThawAsync(2);
        await load.GoesOnAsync("with the node thawed");
        await load.EndsExactlyAsync("a Cassandra node frozen and thawed");
    }

    [Fact]
    public async Task One_Cassandra_node_killed_and_started_again()
    {
        await using var load = await StartAsync("ibm_20131008_trade.zip");
        await Cassandra.KillAsync(3);
        await load.GoesOnAsync("with a killed node");
        await Cassandra.UpAsync(3);
        await load.GoesOnAsync("with the node started again");
        await load.EndsExactlyAsync("a Cassandra node killed and started again");
    }
}

/// <summary>Shared by all tests on one real node of each engine.</summary>
[CollectionDefinition(Name)]
public sealed class OneOfEach : ICollectionFixture<RealEnginesFixture>
{
    public const string Name = "one Kafka and one Cassandra";
}

/// <summary>Shared by all tests on three real nodes of each engine.</summary>
[CollectionDefinition(Name)]
public sealed class ThreeOfEach : ICollectionFixture<ThreeEnginesFixture>
{
    public const string Name = "three Kafkas and three Cassandras";
}
