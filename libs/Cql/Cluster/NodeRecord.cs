namespace StockAspire.Cql.Cluster;

/// <summary>A row of <c>system.local</c> or <c>system.peers_v2</c>.</summary>
internal sealed record NodeRecord(Guid HostId, string Datacenter, string Rack, string ReleaseVersion, Guid SchemaVersion, long[] Tokens)
{
    public static readonly NodeRecord Unknown = new(Guid.Empty, string.Empty, string.Empty, string.Empty, Guid.Empty, []);
}
