using System.Globalization;
using Microsoft.Extensions.Logging;
using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra;

/// <summary>
/// Finds what an operator should know: that what is acknowledged may be lost all the same, with too few copies or nodes that
/// acknowledge before they have written to disk, and that ticks expire.
/// </summary>
internal sealed class DurabilityCheck(CqlSession cql, CassandraAddress address, TickStoreOptions options, ILogger logger)
{
    private const string Periodic = "periodic";

    /// <summary>Replicas that an operator who counts on a quorum has.</summary>
    private const int QuorumReplicas = 3;

    /// <summary>Sentences for people, each with what to do; none where all is well.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(int replicas, CqlConsistency consistency, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        if (address.Replication is { } promised && promised != replicas)
            reasons.Add($"the connection string says replication={promised}, the keyspace has {replicas} (ALTER KEYSPACE, then repair)");

        var nodes = cql.Hosts.Count(host => host.Datacenter == cql.LocalDatacenter);
        if (nodes < replicas)
            reasons.Add($"the keyspace wants {replicas} copies, datacenter {cql.LocalDatacenter} has {nodes} nodes");

        var answered = Acknowledging(consistency, Math.Min(replicas, nodes));
        if (answered == 1 && await FindPeriodicAsync(cancellationToken) is { } period)
        {
            reasons.Add($"one node's word is enough ({replicas} copies, {consistency}) and it is given before the commit log is on disk "
                + $"(commitlog_sync: {Periodic}, {period}): if that node fails, the last of it is gone. Set commitlog_sync: batch or group, or have {QuorumReplicas} copies and LOCAL_QUORUM");
        }

        var findings = await FindExpiryAsync(cancellationToken);
        if (reasons.Count > 0)
            findings.Insert(0, $"Tick store {address} may lose what it acknowledges: {string.Join("; ", reasons)}");
        return findings;
    }

    /// <summary>What the table says holds, whatever is configured: the setting is for its making.</summary>
    private async Task<List<string>> FindExpiryAsync(CancellationToken cancellationToken)
    {
        List<string> findings = [];
        using var statement = new SimpleStatement("SELECT default_time_to_live FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'ticks'") { IsIdempotent = true, Consistency = CqlConsistency.One };
        statement.Values.AppendText(address.Keyspace);
        using var result = await cql.ExecuteAsync(statement, cancellationToken);
        foreach (var row in result)
        {
            var expiry = TimeSpan.FromSeconds(row[0].GetInt());
            var configured = TimeSpan.FromSeconds((long)(options.Retention ?? TimeSpan.Zero).TotalSeconds);
            if (expiry != configured)
            {
                findings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Store:Retention is {configured}, but the ticks in {address} were made with {expiry}, and that holds (00:00:00 is for ever): ALTER TABLE ticks WITH default_time_to_live = {(long)configured.TotalSeconds} for what is written from then on, or change the setting"));
            }

            if (expiry > TimeSpan.Zero)
                findings.Add($"Ticks in {address} expire {expiry} after they are written, not after their event time: verify will call them missing then, and one that is delivered again lives on from then");
        }

        return findings;
    }

    /// <summary>Copies that are certainly there when a write is acknowledged.</summary>
    private static int Acknowledging(CqlConsistency consistency, int replicas) => consistency switch
    {
        CqlConsistency.One or CqlConsistency.LocalOne => 1,
        CqlConsistency.Two => 2,
        CqlConsistency.Three => 3,
        CqlConsistency.All => replicas,
        _ => (replicas / 2) + 1,
    };

    /// <summary>How often a node that does not sync before it acknowledges does so; null if every node does.</summary>
    private async Task<string?> FindPeriodicAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var host in cql.Hosts.Where(host => host.IsUp && host.Datacenter == cql.LocalDatacenter))
            {
                using var statement = new SimpleStatement("SELECT name, value FROM system_views.settings") { IsIdempotent = true, Consistency = CqlConsistency.One, Host = host.Endpoint };
                using var result = await cql.ExecuteAsync(statement, cancellationToken);
                var settings = Read(result);
                if (settings.GetValueOrDefault("commitlog_sync") == Periodic)
                    return settings.GetValueOrDefault("commitlog_sync_period") ?? settings.GetValueOrDefault("commitlog_sync_period_in_ms") + " ms";
            }
        }
        catch (CqlException exception)
        {
            // Before version 4 there is no such table, and a user may not be allowed to read it.
            CassandraLog.SyncUnknown(logger, address, exception.Message);
        }

        return null;
    }

    private static Dictionary<string, string> Read(CqlResult result)
    {
        Dictionary<string, string> settings = [];
        foreach (var row in result)
        {
            if (!row[1].IsNull)
                settings[row[0].GetText().ToLower(CultureInfo.InvariantCulture)] = row[1].GetText();
        }

        return settings;
    }
}
