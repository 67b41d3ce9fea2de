using Microsoft.Extensions.Logging;
using StockAspire.Cql;
using Cluster = StockAspire.Cql.Tests.Nodes.Cassandra;

namespace StockAspire.TickStore.Cassandra.Tests.Nodes;

public sealed class StoreCassandra : Cluster;

/// <summary>One node for all that need no other kind.</summary>
[CollectionDefinition(Name)]
public sealed class OneNode : ICollectionFixture<StoreCassandra>
{
    public const string Name = "one node";
}

public sealed class SyncedCassandra() : Cluster(isSynced: true);

public sealed class SecureStoreCassandra() : Cluster(isSecure: true);

/// <summary>Stores in a keyspace that is this test's own.</summary>
public abstract class StoreNodeTests : IAsyncLifetime
{
    /// <summary>Nodes share this machine with other tests; what is slow is not down.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Cluster _cassandra;

    protected StoreNodeTests(Cluster cassandra)
    {
        Assert.SkipUnless(cassandra.Absence is null, cassandra.Absence ?? "");
        _cassandra = cassandra;
    }

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected string Keyspace { get; } = $"store_{Guid.NewGuid():N}";

    /// <summary>What the stores log as warnings.</summary>
    private protected WarningLog Warnings { get; } = new();

    protected CqlSession Session { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = _cassandra.Options();
        Secure(options);
        Session = await CqlSession.ConnectAsync(options, cancel: Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        using var drop = new SimpleStatement($"DROP KEYSPACE IF EXISTS {Keyspace}") { IsIdempotent = true };
        (await Session.ExecuteAsync(drop)).Dispose();
        await Session.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual void Secure(CqlOptions options)
    {
    }

    private protected ITickStore Open(bool readOnly = false, string settings = "?dc=dc1", string user = "", Action<TickStoreOptions>? configure = null)
    {
        var options = new TickStoreOptions { RequestTimeout = Patience };
        configure?.Invoke(options);
        return TickStores.Open(
            $"cassandra://{user}{string.Join(',', _cassandra.ContactPoints)}/{Keyspace}{settings}", options, readOnly, Warnings, others: CassandraTickStores.Provider);
    }

    private protected async Task<ITickStore> MakeAsync(string settings = "?dc=dc1", Action<TickStoreOptions>? configure = null)
    {
        var store = Open(settings: settings, configure: configure);
        await store.InitializeAsync(Cancelled);
        return store;
    }

    /// <summary>The first column of every row, as text.</summary>
    protected async Task<List<string>> QueryAsync(string cql)
    {
        using var result = await Session.ExecuteAsync(cql, Cancelled);
        List<string> texts = [];
        foreach (var row in result)
            texts.Add(row[0].GetText());
        return texts;
    }

    private protected static async Task<List<StoredTick>> ReadAsync(ITickStore store, TickScan scan)
    {
        var rows = new List<StoredTick>();
        await foreach (var page in store.ScanAsync(scan, Cancelled))
            rows.AddRange(page.Span);
        return rows;
    }

    private protected static TickScan All(string symbol = "SPY") => new() { Symbol = symbol, StartNs = long.MinValue, EndNs = long.MaxValue };
}

/// <summary>Keeps warnings and worse, of the stores alone.</summary>
internal sealed class WarningLog : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    public ILogger CreateLogger(string categoryName) =>
        categoryName.Contains("TickStore", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            if (IsEnabled(logLevel))
                _messages.Add(formatter(state, exception));
        }
    }
}
