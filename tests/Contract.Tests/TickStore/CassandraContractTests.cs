using StockAspire.Cql;
using StockAspire.Cql.Tests.Nodes;
using StockAspire.TickStore;
using StockAspire.TickStore.Cassandra;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>
/// On Apache Cassandra itself: one cluster and one keyspace for a class, emptied after each test, since to make and drop the tables takes
/// three nodes a quarter of a minute.
/// </summary>
public abstract class CassandraContract(Cassandra cassandra, string user = "", string settings = "") : TickStoreContract
{
    /// <summary>Collection of all these classes: their clusters are not to run side by side.</summary>
    public const string OneAfterAnother = "Apache Cassandra";

    private const string Keyspace = "contract";

    /// <summary>Nodes share this machine with other tests; what is slow is not down.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>All but the plan, which is the same for all tests.</summary>
    private static readonly string[] EmptiedTables = ["ticks", "tick_buckets", "tick_symbols", "topic_epochs"];

    protected override ValueTask<ITickStore> OpenAsync()
    {
        Assert.SkipUnless(cassandra.Absence is null, cassandra.Absence ?? "");
        return new(TickStores.Open(
            $"cassandra://{user}{string.Join(',', cassandra.ContactPoints)}/{Keyspace}?dc=dc1{settings}",
            new TickStoreOptions { RequestTimeout = Patience },
            others: CassandraTickStores.Provider));
    }

    protected override async ValueTask EmptyAsync()
    {
        var options = cassandra.Options();
        Secure(options);
        await using var session = await CqlSession.ConnectAsync(options);
        await Task.WhenAll(EmptiedTables.Select(async table =>
        {
            using var truncate = new SimpleStatement($"TRUNCATE {Keyspace}.{table}") { IsIdempotent = true };
            (await session.ExecuteAsync(truncate)).Dispose();
        }));
    }

    /// <summary>Logs in, where that is needed.</summary>
    protected virtual void Secure(CqlOptions options)
    {
    }
}

public sealed class SingleContractCassandra : Cassandra;

public sealed class SecureContractCassandra() : LongRunCassandra(isSecure: true);

public sealed class ThreeContractCassandras() : LongRunCassandra(nodes: 3);

[Collection(CassandraContract.OneAfterAnother)]
public sealed class CassandraContractTests(SingleContractCassandra cassandra)
    : CassandraContract(cassandra), IClassFixture<SingleContractCassandra>;

/// <summary>Over TLS, with a password.</summary>
[Collection(CassandraContract.OneAfterAnother)]
public sealed class SecureCassandraContractTests(SecureContractCassandra cassandra)
    : CassandraContract(cassandra, "cassandra:cassandra@", $"&tls=true&ca={Uri.EscapeDataString(cassandra.CaFile)}"), IClassFixture<SecureContractCassandra>
{
    private readonly SecureContractCassandra _cassandra = cassandra;

    protected override void Secure(CqlOptions options)
    {
        (options.User, options.Password) = ("cassandra", "cassandra");
        options.Tls = new CqlTlsOptions { CaFile = _cassandra.CaFile };
    }
}

/// <summary>Three copies of each row; two of them answer for a write, and two for a read.</summary>
[Collection(CassandraContract.OneAfterAnother)]
public sealed class ThreeCassandrasContractTests(ThreeContractCassandras cassandra)
    : CassandraContract(cassandra, settings: "&replication=3"), IClassFixture<ThreeContractCassandras>;
