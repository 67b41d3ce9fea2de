using System.Collections.Frozen;

namespace StockAspire.Cql.Cluster;

/// <summary>The cluster as last read: its nodes, and the replicas of every part of the ring for each keyspace. Immutable.</summary>
internal sealed class Topology
{
    public static readonly Topology Empty = new([], string.Empty, new Dictionary<string, ReplicationStrategy>());

    private readonly long[] _tokens;
    private readonly FrozenDictionary<string, Node[][]> _replicas;

    public Topology(IReadOnlyList<Node> nodes, string localDatacenter, IReadOnlyDictionary<string, ReplicationStrategy> keyspaces)
    {
        Nodes = [.. nodes];
        LocalDatacenter = localDatacenter;
        Local = [.. nodes.Where(node => node.Record.Datacenter == localDatacenter)];
        var ring = nodes.SelectMany(node => node.Record.Tokens.Select(token => (Token: token, Node: node))).OrderBy(entry => entry.Token).ToList();
        _tokens = [.. ring.Select(entry => entry.Token)];
        Node[] owners = [.. ring.Select(entry => entry.Node)];

        // Keyspaces of the same replication share their replicas.
        var byStrategy = keyspaces.GroupBy(keyspace => Describe(keyspace.Value));
        _replicas = byStrategy.SelectMany(group =>
        {
            var strategy = group.First().Value;
            Node[][] replicas = [.. Enumerable.Range(0, owners.Length).Select(position => OnlyLocal(strategy.Replicas(owners, position)))];
            return group.Select(keyspace => KeyValuePair.Create(keyspace.Key, replicas));
        }).ToFrozenDictionary();
    }

    public Node[] Nodes { get; }

    /// <summary>Those of the local datacenter.</summary>
    public Node[] Local { get; }

    public string LocalDatacenter { get; }

    /// <summary>The local replicas of a partition, or none if they are not known.</summary>
    public Node[] Replicas(string? keyspace, long? token)
    {
        if (keyspace is null || token is not { } wanted || _tokens.Length == 0 || !_replicas.TryGetValue(keyspace, out var replicas))
            return [];

        var position = Array.BinarySearch(_tokens, wanted);
        if (position < 0)
            position = ~position;
        return replicas[position == _tokens.Length ? 0 : position];
    }

    private Node[] OnlyLocal(Node[] replicas) => [.. replicas.Where(replica => replica.Record.Datacenter == LocalDatacenter)];

    private static string Describe(ReplicationStrategy strategy) => strategy is NetworkTopologyReplication network
        ? string.Join(',', network.Factors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
        : strategy.ToString();
}
