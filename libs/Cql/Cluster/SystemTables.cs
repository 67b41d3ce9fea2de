using System.Globalization;
using System.Net;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql.Cluster;

/// <summary>What a node tells of itself, of the others and of the keyspaces.</summary>
internal static class SystemTables
{
    private const string NodeColumns = "host_id, data_center, rack, release_version, schema_version, tokens";

    public static async Task<NodeRecord> ReadLocalAsync(CqlConnection connection, TimeSpan timeout, CancellationToken cancel)
    {
        using var result = await QueryAsync(connection, $"SELECT {NodeColumns} FROM system.local WHERE key = 'local'", timeout, cancel);
        foreach (var row in result)
            return ReadRecord(row) ?? throw new CqlProtocolException($"{connection.Endpoint} does not know its own host id, datacenter and rack yet.");
        throw new CqlProtocolException($"system.local of {connection.Endpoint} is empty.");
    }

    /// <summary>The other nodes, where clients connect to them. Rows that are not whole are left out: nodes that come or go.</summary>
    public static async Task<List<(IPEndPoint Endpoint, NodeRecord Record)>> ReadPeersAsync(CqlConnection connection, TimeSpan timeout, CancellationToken cancel)
    {
        CqlResult result;
        try
        {
            result = await QueryAsync(connection, $"SELECT peer, native_address AS address, native_port AS port, {NodeColumns} FROM system.peers_v2", timeout, cancel);
        }
        catch (CqlServerException exception) when (exception.Code == CqlErrorCode.Invalid)
        {
            // Before Cassandra 4.0, and in what is compatible with it: every node has the same port.
            result = await QueryAsync(connection, $"SELECT peer, rpc_address AS address, {NodeColumns} FROM system.peers", timeout, cancel);
        }

        using (result)
        {
            List<(IPEndPoint, NodeRecord)> peers = [];
            var hasPort = result.ColumnArray.Any(column => column.Name == "port");
            foreach (var row in result)
            {
                var address = row["address"].IsNull || row["address"].GetInet().Equals(IPAddress.Any) ? row["peer"] : row["address"];
                if (!address.IsNull && ReadRecord(row) is { } record)
                    peers.Add((new IPEndPoint(address.GetInet(), hasPort && !row["port"].IsNull ? row["port"].GetInt() : connection.Endpoint.Port), record));
            }

            return peers;
        }
    }

    public static async Task<Dictionary<string, ReplicationStrategy>> ReadKeyspacesAsync(CqlConnection connection, TimeSpan timeout, CancellationToken cancel)
    {
        using var result = await QueryAsync(connection, "SELECT keyspace_name, replication FROM system_schema.keyspaces", timeout, cancel);
        Dictionary<string, ReplicationStrategy> keyspaces = [];
        foreach (var row in result)
        {
            Dictionary<string, string> replication = [];
            var entries = row[1].GetMap();
            while (entries.MoveNext())
                replication[entries.Key.GetText()] = entries.Value.GetText();
            keyspaces[row[0].GetText()] = ReplicationStrategy.Parse(replication);
        }

        return keyspaces;
    }

    private static NodeRecord? ReadRecord(CqlRow row)
    {
        if (row["host_id"].IsNull || row["data_center"].IsNull || row["rack"].IsNull)
            return null;

        List<long> tokens = [];
        foreach (var token in row["tokens"].GetElements())
        {
            // A partitioner other than Murmur3 has other tokens: no routing by token then.
            if (long.TryParse(token.GetText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                tokens.Add(value);
        }

        return new NodeRecord(
            row["host_id"].GetUuid(),
            row["data_center"].GetText(),
            row["rack"].GetText(),
            row["release_version"].IsNull ? string.Empty : row["release_version"].GetText(),
            row["schema_version"].IsNull ? Guid.Empty : row["schema_version"].GetUuid(),
            [.. tokens]);
    }

    private static async Task<CqlResult> QueryAsync(CqlConnection connection, string cql, TimeSpan timeout, CancellationToken cancel)
    {
        var body = await connection.SendAsync(new QueryRequest(cql, new QueryParameters(CqlConsistency.One)), default, timeout, cancel);
        try
        {
            return CqlResult.Read(body, known: null);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }
}
