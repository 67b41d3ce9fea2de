using StockAspire.Engines;

namespace StockAspire.Cql.Tests.Nodes;

/// <summary>Apache Cassandra itself, for as long as its test class.</summary>
public abstract class Cassandra(int nodes = 1, bool isSecure = false, bool isSynced = false) : IAsyncLifetime
{
    /// <summary>Why this cluster is not started; null if it is.</summary>
    public virtual string? Absence => RealCassandra.Absence;

    public RealCassandra Nodes { get; } = new() { Nodes = nodes, IsSecure = isSecure, IsSynced = isSynced, Heap = "512m" };

    /// <summary>Of all nodes, as the client takes them.</summary>
    public string[] ContactPoints => Nodes.ContactPoints.Split(',');

    public string CaFile => Nodes.CaFile;

    public async ValueTask InitializeAsync()
    {
        if (Absence is null)
            await Nodes.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Nodes.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public CqlOptions Options() => new() { ContactPoints = ContactPoints, Consistency = CqlConsistency.LocalOne, RequestTimeout = TimeSpan.FromSeconds(60), AttemptTimeout = TimeSpan.FromSeconds(20), ConnectTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>A session in a keyspace of its own.</summary>
    public async Task<CqlSession> ConnectAsync(Action<CqlOptions>? configure = null, int replication = 1)
    {
        Assert.SkipUnless(Absence is null, Absence ?? "");
        var options = Options();
        configure?.Invoke(options);
        var keyspace = $"k{Guid.NewGuid():N}";
        await using (var session = await CqlSession.ConnectAsync(options, cancel: TestContext.Current.CancellationToken))
            (await session.ExecuteAsync($"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': {replication}}}", TestContext.Current.CancellationToken)).Dispose();
        options.Keyspace = keyspace;
        return await CqlSession.ConnectAsync(options, cancel: TestContext.Current.CancellationToken);
    }
}

public sealed class SingleCassandra : Cassandra;

public sealed class SecureCassandra() : Cassandra(isSecure: true);

public sealed class ThreeCassandras() : LongRunCassandra(nodes: 3);

/// <summary>A cluster on which tests take many minutes.</summary>
public abstract class LongRunCassandra(int nodes = 1, bool isSecure = false) : Cassandra(nodes, isSecure)
{
    public override string? Absence => base.Absence ?? (TestRun.IsLong ? null : "Takes many minutes: it runs with ./test.sh --long.");
}
