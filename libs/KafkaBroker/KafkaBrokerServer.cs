using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Network;
using StockAspire.KafkaBroker.Security;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker;

/// <summary>
/// A Kafka broker in this process: one node, a durable log, the Kafka wire protocol over TCP. Dispose it to stop it gracefully:
/// connections end, logs are flushed and closed, and the next start needs no recovery.
/// </summary>
public sealed class KafkaBrokerServer : IAsyncDisposable
{
    private readonly KafkaBrokerOptions _options;
    private readonly DataDirectory _data;
    private readonly BrokerMetrics _metrics;
    private readonly TopicCatalog _topics;
    private readonly GroupCoordinator _groups;
    private readonly BackgroundWork _background;
    private readonly BrokerSecurity _security;
    private readonly ConnectionServices _connections;
    private readonly ConnectionListener _listener;
    private readonly ILogger _logger;
    private int _disposed;

    private KafkaBrokerServer(KafkaBrokerOptions options, BrokerSecurity security, DataDirectory data, ILogger logger, TimeProvider time)
    {
        _options = options;
        _data = data;
        _security = security;
        _logger = logger;
        var durable = options.Fsync == FsyncMode.Commit;
        _topics = new TopicCatalog(options, data.WasClean, time, logger);
        _metrics = new BrokerMetrics();
        _metrics.Observe(_topics);
        _groups = new GroupCoordinator(options, new GroupStore(options.DataDirectory, options.Fsync, logger), time, logger);
        _groups.Store.KeepTopics(name => _topics.Find(name) is not null);
        _background = new BackgroundWork(options, _topics, _groups, time, logger);
        var producerIds = new ProducerIds(options.DataDirectory, durable, () => _topics.GreatestProducerId, logger);
        var apis = new ApiCatalog(options, data.ClusterId, _topics, _groups, producerIds, _metrics);
        _connections = new ConnectionServices(options, security, apis, _metrics, logger);
        _metrics.Observe(_groups.Store, _topics);
        _metrics.Observe(_connections);
        _listener = new ConnectionListener(options, _connections);
    }

    public string Host => _options.Host;

    /// <summary>The port it listens on; the one that was free where the options say 0.</summary>
    public int Port => _listener.Port;

    /// <summary><c>host:port</c>, as clients' bootstrap.servers wants it: the advertised address, where the options have one.</summary>
    public string BootstrapServers => $"{_options.AdvertisedHost ?? Host}:{(_options.AdvertisedPort > 0 ? _options.AdvertisedPort : Port)}";

    /// <summary>What connections serve requests with.</summary>
    internal ApiCatalog Apis => _connections.Apis;

    /// <summary>Bytes that large requests and answers hold at the moment.</summary>
    internal long InFlightSize => _connections.InFlightSize;

    internal BrokerMetrics Metrics => _metrics;

    /// <summary>What keeps the broker from serving, in one line; null if nothing does. <see cref="KafkaBrokerHealthCheck"/> asks it.</summary>
    public string? FindProblem()
    {
        var failing = _topics.All.SelectMany(t => t.Partitions).Where(p => p.IsFailing).Select(p => p.Name).ToArray();
        return Volatile.Read(ref _disposed) != 0 ? "The broker is stopped."
            : !_listener.IsAccepting ? $"The broker accepts no connections on {Host}:{Port}."
            : failing.Length > 0 ? $"The last write of {failing.Length} partitions failed, {failing[0]} among them; reads go on. Is the disk full?"
            : null;
    }

    /// <summary>A line for <see cref="KafkaBrokerOptions.UsersFile"/>: the name, and a salted hash of the password.</summary>
    /// <exception cref="FormatException">The name or the password cannot be taken.</exception>
    public static string HashUser(string name, string password) => BrokerUsers.Line(name, password);

    /// <summary>Opens the data directory, recovers what a crash left, and listens.</summary>
    /// <exception cref="BrokerStartException">An option, the data directory or the port stands in the way.</exception>
    public static Task<KafkaBrokerServer> StartAsync(
        KafkaBrokerOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Start(options, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("StockAspire.KafkaBroker"), TimeProvider.System), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _background.DisposeAsync().ConfigureAwait(false);
        if (_options.Fsync != FsyncMode.None)
        {
            _groups.Flush();
        }

        if (_topics.Close())
        {
            MarkClean();
        }

        Release();
        BrokerLog.Stopped(_logger, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static KafkaBrokerServer Start(KafkaBrokerOptions options, ILogger logger, TimeProvider time)
    {
        options.Validate();
        var security = BrokerSecurity.Load(options);
        var data = DataDirectory.Open(options.DataDirectory);
        KafkaBrokerServer? broker = null;
        try
        {
            broker = new KafkaBrokerServer(options, security, data, logger, time);
            broker._groups.Restore();
            broker._listener.Start();
        }
        catch
        {
            broker?.Release();
            data.Dispose();
            throw;
        }

        broker._background.Start();
        broker.LogStart(options);
        return broker;
    }

    private void LogStart(KafkaBrokerOptions options)
    {
        var version = typeof(KafkaBrokerServer).Assembly.GetName().Version?.ToString(3) ?? "";
        BrokerLog.Started(_logger, version, $"{Host}:{Port}", Path.GetFullPath(options.DataDirectory), options.Fsync, _security, _topics.All.Count, _data.IsNew ? "new" : _data.WasClean ? "clean" : "recovered");
        if (!options.IsLoopback && !options.IsSecured)
        {
            BrokerLog.OpenToNetwork(_logger, options.Host, _security);
        }
    }

    private void MarkClean()
    {
        try
        {
            _data.MarkClean();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BrokerLog.NotMarkedClean(_logger, _data.Path, e);
        }
    }

    private void Release()
    {
        _groups.Dispose();
        _groups.Store.Dispose();
        _security.Dispose();
        _topics.Dispose();
        _metrics.Dispose();
        _data.Dispose();
    }
}
