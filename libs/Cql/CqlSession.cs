using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.Cql.Cluster;
using StockAspire.Cql.Connections;

namespace StockAspire.Cql;

/// <summary>
/// A client of one cluster: make one for a process and keep it. It finds the nodes, keeps connections to those of its datacenter,
/// sends each statement to a replica of its partition, and tries again where that is safe. Thread-safe.
/// </summary>
public sealed partial class CqlSession : IAsyncDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly ClusterMonitor _cluster;
    private readonly ConcurrentDictionary<string, Lazy<Task<PreparedStatement>>> _prepared = new();
    private volatile bool _isDisposed;
    private int _turn;

    private CqlSession(ConnectionSettings settings)
    {
        _settings = settings;
        _cluster = new ClusterMonitor(settings);
    }

    /// <summary>The schema was changed, by whomever. Raised on a connection's reading thread: return at once.</summary>
    public event Action<CqlSchemaChange>? SchemaChanged
    {
        add => _cluster.SchemaChanged += value;
        remove => _cluster.SchemaChanged -= value;
    }

    /// <summary>The nodes known now, those of other datacenters among them.</summary>
    public IReadOnlyList<CqlHost> Hosts =>
        [.. _cluster.Topology.Nodes.Select(node => new CqlHost(
            node.Endpoint, node.Record.HostId, node.Record.Datacenter, node.Record.Rack, node.Record.ReleaseVersion, node.Record.SchemaVersion, node.IsUp))];

    /// <summary>Where requests go.</summary>
    public string LocalDatacenter => _cluster.Topology.LocalDatacenter;

    /// <summary>Of unqualified names, or null.</summary>
    public string? Keyspace => Options.Keyspace;

    private CqlOptions Options => _settings.Options;

    /// <summary>Finds the cluster. Ends when a node of the local datacenter takes requests.</summary>
    /// <param name="options">Not to be changed afterwards.</param>
    /// <exception cref="ArgumentException">A setting is beyond its limits, or names what does not exist.</exception>
    /// <exception cref="CqlNoHostException">No node can be reached.</exception>
    /// <exception cref="CqlServerException">The credentials are wrong, or the keyspace does not exist.</exception>
    public static async Task<CqlSession> ConnectAsync(
        CqlOptions options,
        ILoggerFactory? loggers = null,
        IMeterFactory? meters = null,
        TimeProvider? time = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tls = options.Tls is null ? null : new TlsHandshake(options.Tls);
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CqlSession>();
        var session = new CqlSession(new ConnectionSettings(options, time ?? TimeProvider.System, logger, new CqlMetrics(meters), tls));
        try
        {
            await session._cluster.StartAsync(cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a text, such as a CREATE TABLE. After a change of the schema, waits until all nodes have it.</summary>
    public async ValueTask<CqlResult> ExecuteAsync(string cql, CancellationToken cancel = default)
    {
        using var statement = new SimpleStatement(cql);
        return await ExecuteAsync(statement, cancel);
    }

    /// <summary>Runs a statement; of rows, gives the first page. The caller disposes of the result.</summary>
    /// <exception cref="CqlServerException">The server refused it, or failed and trying again would not be safe or not help.</exception>
    /// <exception cref="CqlTimeoutException">No answer came in time: it may or may not have been done.</exception>
    /// <exception cref="CqlConnectionException">The connection was lost: it may or may not have been done.</exception>
    /// <exception cref="CqlNoHostException">No node could be asked.</exception>
    /// <exception cref="CqlBusyException">Too many requests wait already.</exception>
    /// <exception cref="InvalidOperationException">Values are missing.</exception>
    public ValueTask<CqlResult> ExecuteAsync(CqlStatement statement, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return RunAsync(statement, default, cancel);
    }

    /// <summary>The page after one whose <see cref="CqlResult.PagingState"/> was kept: for paging across requests of others.</summary>
    public ValueTask<CqlResult> ExecuteAsync(CqlStatement statement, ReadOnlyMemory<byte> pagingState, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return RunAsync(statement, pagingState, cancel);
    }

    /// <summary>
    /// Every page, the next one being fetched while this one is read. A page lives until the next is asked for: do not dispose of it, and
    /// copy what must outlive it.
    /// </summary>
    public async IAsyncEnumerable<CqlResult> ReadPagesAsync(CqlStatement statement, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<CqlResult>? next = RunAsync(statement, default, stop.Token).AsTask();
        try
        {
            while (next is not null)
            {
                using var page = await next;
                next = page.PagingState.IsEmpty ? null : RunAsync(statement, page.PagingState, stop.Token).AsTask();
                yield return page;
            }
        }
        finally
        {
            if (next is not null)
                await AbandonAsync(next, stop);
        }
    }

    /// <summary>Prepares a statement, or gives the one that this session has of the same text already.</summary>
    /// <exception cref="CqlServerException">The text is wrong, or names what does not exist.</exception>
    public async ValueTask<PreparedStatement> PrepareAsync(string cql, CancellationToken cancel = default)
    {
        var entry = _prepared.GetOrAdd(cql, static (text, session) => new Lazy<Task<PreparedStatement>>(() => session.PrepareNewAsync(text)), this);
        try
        {
            return await entry.Value.WaitAsync(cancel);
        }
        catch when (entry.Value.IsFaulted)
        {
            _prepared.TryRemove(KeyValuePair.Create(cql, entry));
            throw;
        }
    }

    /// <summary>
    /// Waits until all nodes of the local datacenter that are up have the same schema. Done by itself after a change that a statement of this session made, unless it says otherwise;
    /// a CREATE IF NOT EXISTS that finds its table may still be ahead of other nodes.
    /// </summary>
    /// <returns>False if they still differ after <see cref="CqlOptions.SchemaAgreementTimeout"/>.</returns>
    public async Task<bool> WaitForSchemaAgreementAsync(CancellationToken cancel = default)
    {
        var isAgreed = await _cluster.AgreeOnSchemaAsync(cancel);
        if (!isAgreed)
            _settings.Logger.SchemaNotAgreed((long)Options.SchemaAgreementTimeout.TotalMilliseconds);
        return isAgreed;
    }

    /// <summary>Closes every connection; what is in flight fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _cluster.DisposeAsync();
        _settings.Metrics.Dispose();
    }

    private static async Task AbandonAsync(Task<CqlResult> page, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        try
        {
            (await page).Dispose();
        }
        catch (Exception exception) when (exception is CqlException or OperationCanceledException)
        {
            // Nobody waits for this page any more.
        }
    }
}
