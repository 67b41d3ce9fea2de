using System.Net;
using Microsoft.Extensions.Logging;
using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra.Schema;

/// <summary>Makes the keyspace and its tables where they are missing, and records the plan, whoever else is at it.</summary>
internal sealed class StoreMaker(CqlSession cql, CassandraAddress address, TickStoreOptions options, ILogger logger)
{
    private const string ReplicationClass = "class";

    private readonly CassandraSchema _schema = new(address.Keyspace);

    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        // An operator may have made them for a user who must not.
        var tables = await ReadTablesAsync(cancellationToken);
        if (CassandraSchema.TableNames.All(tables.Contains))
            return;

        // A try that ended half-way may have been on another node than this one.
        await cql.WaitForSchemaAgreementAsync(cancellationToken);
        var host = FindMakingHost();
        if (await FindReplicationAsync(cancellationToken) is null)
            await ChangeAsync(_schema.MakeKeyspace(address.Datacenter, address.Replication ?? 1), host, cancellationToken);
        foreach (var table in _schema.MakeTables(options))
            await ChangeAsync(table, host, cancellationToken);
        await cql.WaitForSchemaAgreementAsync(cancellationToken);
    }

    /// <summary>Copies of a row in the local datacenter, as the keyspace says.</summary>
    /// <exception cref="TickStoreUnavailableException">There is no such keyspace yet.</exception>
    public async Task<int> ReadReplicasAsync(CancellationToken cancellationToken)
    {
        var replication = await FindReplicationAsync(cancellationToken) ?? throw NotMade();
        var factor = replication.GetValueOrDefault(cql.LocalDatacenter) ?? replication.GetValueOrDefault("replication_factor") ?? "0";

        // 3/1 where one of them is transient.
        return int.TryParse(factor.Split('/')[0], out var replicas) && replicas > 0
            ? replicas
            : throw new TickStoreSchemaException($"{address} keeps no copy in datacenter {cql.LocalDatacenter}: its replication is {string.Join(", ", replication.Select(pair => $"{pair.Key} {pair.Value}"))}.");
    }

    /// <summary>The recorded plan, whatever is configured.</summary>
    /// <exception cref="TickStoreUnavailableException">There is none yet.</exception>
    public async Task<TickStorePlan> ReadPlanAsync(CqlConsistency consistency, CancellationToken cancellationToken) =>
        (await ReadTablesAsync(cancellationToken)).Contains("store_plan") && await FindPlanAsync(consistency, cancellationToken) is { } plan ? plan : throw NotMade();

    /// <summary>The recorded plan, which is the configured one; recorded now if there was none.</summary>
    /// <exception cref="TickStoreSchemaException">It is another one.</exception>
    public async Task<TickStorePlan> RecordPlanAsync(TickStorePlan configured, CancellationToken cancellationToken)
    {
        // Serial reads see what another process is just recording.
        var recorded = await FindPlanAsync(CqlConsistency.Serial, cancellationToken);
        if (recorded is null)
        {
            var insert = await cql.PrepareAsync(
                $"INSERT INTO {_schema.Plan} (part, version, schema_version, layout, bucket_width_ns) VALUES (?, 1, ?, ?, ?) IF NOT EXISTS", cancellationToken);
            using var statement = insert.Bind();

            // Doing it twice records the same.
            statement.IsIdempotent = true;
            statement.Values.AppendInt(CassandraSchema.Part).AppendInt(CassandraSchema.Version).AppendText(configured.Layout).AppendBigint(configured.BucketWidthNs);
            using (var result = await cql.ExecuteAsync(statement, cancellationToken))
            {
                if (result.WasApplied())
                    CassandraLog.Made(logger, address, configured.Layout, options.BucketWidth);
            }

            recorded = await FindPlanAsync(CqlConsistency.Serial, cancellationToken);
        }

        var plan = recorded ?? throw NotMade();
        plan.CheckConfigured(configured, address.ToString());
        return plan;
    }

    private async Task<TickStorePlan?> FindPlanAsync(CqlConsistency consistency, CancellationToken cancellationToken)
    {
        var select = await cql.PrepareAsync($"SELECT schema_version, layout, bucket_width_ns FROM {_schema.Plan} WHERE part = ? LIMIT 1", cancellationToken);
        using var statement = select.Bind();
        statement.IsIdempotent = true;
        statement.Consistency = consistency;
        statement.Values.AppendInt(CassandraSchema.Part);
        using var result = await cql.ExecuteAsync(statement, cancellationToken);
        foreach (var row in result)
        {
            if (row[0].GetInt() is var version && version > CassandraSchema.Version)
                throw new TickStoreSchemaException($"{address} has schema version {version}, this program knows versions up to {CassandraSchema.Version}: use the newer program that made it, or another keyspace.");
            if (row[1].GetText() is var layout && layout != TickStorePlan.RowsLayout)
                throw new TickStoreSchemaException($"{address} was made with Store:Layout {layout}; this program reads and writes {TickStorePlan.RowsLayout} only. Use a program that knows it, or another keyspace.");
            if (row[2].GetBigint() is var width && width <= 0)
                throw new TickStoreSchemaException($"{address} has a recorded bucket width of {width} ns; expected above 0.");
            return new TickStorePlan(row[1].GetText(), row[2].GetBigint());
        }

        return null;
    }

    private async Task<HashSet<string>> ReadTablesAsync(CancellationToken cancellationToken)
    {
        using var statement = new SimpleStatement("SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?") { IsIdempotent = true, Consistency = CqlConsistency.One };
        statement.Values.AppendText(address.Keyspace);
        using var result = await cql.ExecuteAsync(statement, cancellationToken);
        HashSet<string> tables = [];
        foreach (var row in result)
            tables.Add(row[0].GetText());
        return tables;
    }

    private async Task<Dictionary<string, string>?> FindReplicationAsync(CancellationToken cancellationToken)
    {
        using var statement = new SimpleStatement("SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?") { IsIdempotent = true, Consistency = CqlConsistency.One };
        statement.Values.AppendText(address.Keyspace);
        using var result = await cql.ExecuteAsync(statement, cancellationToken);
        foreach (var row in result)
        {
            Dictionary<string, string> replication = [];
            var entries = row[0].GetMap();
            while (entries.MoveNext())
                replication[entries.Key.GetText()] = entries.Value.GetText();
            replication.Remove(ReplicationClass);
            return replication;
        }

        return null;
    }

    /// <summary>
    /// All processes have the same node make all changes: two nodes that make one table at once may make two of them, of which one is
    /// lost with its rows. And what follows a change finds it there at once.
    /// </summary>
    private IPEndPoint? FindMakingHost() =>
        cql.Hosts.Where(host => host.IsUp && host.Datacenter == cql.LocalDatacenter).MinBy(host => host.HostId)?.Endpoint;

    private async Task ChangeAsync(string change, IPEndPoint? host, CancellationToken cancellationToken)
    {
        using var statement = new SimpleStatement(change) { IsIdempotent = true, Host = host, AwaitsSchemaAgreement = host is null };
        (await cql.ExecuteAsync(statement, cancellationToken)).Dispose();
    }

    private TickStoreUnavailableException NotMade() => new($"{address} is not made yet; the Sink makes it.");
}
