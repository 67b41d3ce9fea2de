using System.Net;

namespace StockAspire.Cql;

/// <summary>A node of the cluster, as it was when asked for.</summary>
/// <param name="Endpoint">Where clients connect to.</param>
/// <param name="IsUp">Whether this session has a connection to it.</param>
/// <param name="SchemaVersion">Nodes with the same have the same schema.</param>
public sealed record CqlHost(IPEndPoint Endpoint, Guid HostId, string Datacenter, string Rack, string ReleaseVersion, Guid SchemaVersion, bool IsUp);
