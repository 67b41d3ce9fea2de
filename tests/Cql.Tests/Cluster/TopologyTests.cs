using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.Cql.Cluster;
using StockAspire.Cql.Connections;

namespace StockAspire.Cql.Tests.Cluster;

public sealed class TopologyTests
{
    private static readonly ConnectionSettings Settings = new(new CqlOptions(), TimeProvider.System, NullLogger.Instance, new CqlMetrics(null), null);

    /// <summary>Nodes as "dc rack token token ...", named by their order.</summary>
    private static Topology Make(string localDatacenter, Dictionary<string, string> replication, params string[] nodes)
    {
        var made = nodes.Select((text, i) =>
        {
            var parts = text.Split(' ');
            return new Node(new IPEndPoint(IPAddress.Loopback, i + 1), $"n{i}", Settings)
            {
                Record = new NodeRecord(Guid.NewGuid(), parts[0], parts[1], "5.0", Guid.Empty, [.. parts[2..].Select(token => long.Parse(token, System.Globalization.CultureInfo.InvariantCulture))]),
            };
        }).ToList();
        return new Topology(made, localDatacenter, new Dictionary<string, ReplicationStrategy> { ["ks"] = ReplicationStrategy.Parse(replication) });
    }

    private static Dictionary<string, string> Simple(string factor) => new() { ["class"] = "org.apache.cassandra.locator.SimpleStrategy", ["replication_factor"] = factor };

    private static Dictionary<string, string> Network(params (string Datacenter, string Factor)[] factors)
    {
        Dictionary<string, string> replication = new() { ["class"] = "org.apache.cassandra.locator.NetworkTopologyStrategy" };
        foreach (var (datacenter, factor) in factors)
            replication[datacenter] = factor;
        return replication;
    }

    private static string Replicas(Topology topology, long token) => string.Join(' ', topology.Replicas("ks", token).Select(node => node.Name));

    [Theory]
    [InlineData(5, "n0")]
    [InlineData(10, "n0")]
    [InlineData(11, "n1")]
    [InlineData(30, "n2")]
    [InlineData(31, "n0")]
    [InlineData(long.MinValue, "n0")]
    [InlineData(long.MaxValue, "n0")]
    public void Token_BelongsToTheFirstPositionAtOrAfterIt(long token, string owner) =>
        Assert.Equal(owner, Replicas(Make("dc1", Simple("1"), "dc1 r 10", "dc1 r 20", "dc1 r 30"), token));

    [Fact]
    public void Simple_TakesTheNextDistinctOwners()
    {
        var topology = Make("dc1", Simple("2"), "dc1 r 10 11 12", "dc1 r 20", "dc1 r 30");
        Assert.Equal("n0 n1", Replicas(topology, 10));
        Assert.Equal("n2 n0", Replicas(topology, 25));
        Assert.Equal("n0 n1 n2", Replicas(Make("dc1", Simple("5"), "dc1 r 10", "dc1 r 20", "dc1 r 30"), 1));
        Assert.Equal("n0 n1 n2", Replicas(Make("dc1", Simple("3/1"), "dc1 r 10", "dc1 r 20", "dc1 r 30"), 1));
    }

    [Fact]
    public void Network_TakesOneRackAfterTheOther()
    {
        var topology = Make("dc1", Network(("dc1", "2")), "dc1 a 10", "dc1 a 20", "dc1 b 30", "dc1 b 40");
        Assert.Equal("n0 n2", Replicas(topology, 5));
        Assert.Equal("n1 n2", Replicas(topology, 15));
        Assert.Equal("n3 n0", Replicas(topology, 35));

        // Three copies on two racks: a rack gets its second only after each has one.
        Assert.Equal("n0 n1 n2", Replicas(Make("dc1", Network(("dc1", "3")), "dc1 a 10", "dc1 a 20", "dc1 b 30", "dc1 b 40"), 5));
    }

    [Fact]
    public void Network_KeepsToTheLocalDatacenter()
    {
        string[] nodes = ["dc1 r 10", "dc2 r 11", "dc1 r 20", "dc2 r 21"];
        Assert.Equal("n0 n2", Replicas(Make("dc1", Network(("dc1", "2"), ("dc2", "2")), nodes), 5));
        Assert.Equal("n1 n3", Replicas(Make("dc2", Network(("dc1", "2"), ("dc2", "2")), nodes), 5));
        Assert.Equal("n3", Replicas(Make("dc2", Network(("dc1", "2"), ("dc2", "1")), nodes), 12));
        Assert.Equal("", Replicas(Make("dc2", Network(("dc1", "2")), nodes), 5));
    }

    [Fact]
    public void Unknown_HasNoReplicas()
    {
        var topology = Make("dc1", new() { ["class"] = "LocalStrategy" }, "dc1 r 10");
        Assert.Empty(topology.Replicas("ks", 5));
        Assert.Empty(topology.Replicas("other", 5));
        Assert.Empty(topology.Replicas(null, 5));
        Assert.Empty(topology.Replicas("ks", null));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", 9042)]
    [InlineData("host", "host", 9042)]
    [InlineData("host:1234", "host", 1234)]
    [InlineData("::1", "::1", 9042)]
    [InlineData("[::1]:1234", "::1", 1234)]
    [InlineData("[::1]", "::1", 9042)]
    public void ContactPoint_IsParsed(string text, string host, int port) => Assert.Equal((host, port), ContactPoints.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("host:")]
    [InlineData("host:x")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData(":9042")]
    public void ContactPoint_Malformed_IsRefused(string text) => Assert.Throws<ArgumentException>(() => ContactPoints.Parse(text));
}
