using System.Globalization;

namespace StockAspire.Cql.Cluster;

/// <summary>
/// Where the copies of a partition are. Each position of the ring is a token with its owner; a partition belongs to the first position at
/// or after its token, and its copies to owners further on.
/// </summary>
internal abstract record ReplicationStrategy
{
    /// <param name="replication">Column <c>replication</c> of <c>system_schema.keyspaces</c>. What is unknown has no replicas.</param>
    public static ReplicationStrategy Parse(IReadOnlyDictionary<string, string> replication)
    {
        var name = replication.GetValueOrDefault("class", string.Empty);
        var factors = replication.Where(pair => pair.Key != "class").ToDictionary(pair => pair.Key, pair => ParseFactor(pair.Value));
        return name[(name.LastIndexOf('.') + 1)..] switch
        {
            "SimpleStrategy" => new SimpleReplication(factors.GetValueOrDefault("replication_factor", 1)),
            "NetworkTopologyStrategy" => new NetworkTopologyReplication(factors),
            _ => new NetworkTopologyReplication(new Dictionary<string, int>()),
        };
    }

    /// <summary>The replicas of the partitions that belong to a position, the nearest first.</summary>
    public abstract Node[] Replicas(IReadOnlyList<Node> owners, int position);

    /// <summary>3, or 3/1 where one of them is transient.</summary>
    private static int ParseFactor(string text)
    {
        var end = text.IndexOf('/', StringComparison.Ordinal);
        return int.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var factor) ? factor : 0;
    }
}

/// <summary>The next distinct owners, wherever they are.</summary>
internal sealed record SimpleReplication(int Factor) : ReplicationStrategy
{
    public override Node[] Replicas(IReadOnlyList<Node> owners, int position)
    {
        List<Node> replicas = [];
        for (var i = 0; i < owners.Count && replicas.Count < Factor; i++)
        {
            var owner = owners[(position + i) % owners.Count];
            if (!replicas.Contains(owner))
                replicas.Add(owner);
        }

        return [.. replicas];
    }
}

/// <summary>For each datacenter, the next distinct owners in it, one rack after the other before a rack has its second.</summary>
internal sealed record NetworkTopologyReplication(IReadOnlyDictionary<string, int> Factors) : ReplicationStrategy
{
    public override Node[] Replicas(IReadOnlyList<Node> owners, int position)
    {
        List<Node> replicas = [];
        foreach (var (datacenter, factor) in Factors)
            replicas.AddRange(InDatacenter(owners, position, datacenter, factor));

        // In the order of the ring, as the servers count them.
        return replicas.Count < 2 ? [.. replicas] : [.. Enumerable.Range(0, owners.Count).Select(i => owners[(position + i) % owners.Count]).Distinct().Where(replicas.Contains)];
    }

    private static List<Node> InDatacenter(IReadOnlyList<Node> owners, int position, string datacenter, int factor)
    {
        var local = owners.Where(owner => owner.Record.Datacenter == datacenter).Distinct().ToList();
        var racks = local.Select(owner => owner.Record.Rack).Distinct().Count();
        var wanted = Math.Min(factor, local.Count);
        List<Node> replicas = [];
        List<Node> passedOver = [];
        HashSet<string> seen = [];
        for (var i = 0; i < owners.Count && replicas.Count < wanted; i++)
        {
            var owner = owners[(position + i) % owners.Count];
            if (owner.Record.Datacenter != datacenter || replicas.Contains(owner) || passedOver.Contains(owner))
                continue;

            if (!seen.Add(owner.Record.Rack) && seen.Count < racks)
            {
                passedOver.Add(owner);
                continue;
            }

            replicas.Add(owner);

            // Every rack has one: those that were passed over come first now.
            if (seen.Count == racks)
            {
                replicas.AddRange(passedOver.Take(wanted - replicas.Count));
                passedOver.Clear();
            }
        }

        return replicas;
    }
}
