using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Network;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker;

/// <summary>
/// A Kafka broker in this process: one node, a durable log, the Kafka wire protocol over TCP. Dispose it to stop it gracefully:
/// connections end, logs are flushed and closed, and the next start needs no recovery.
/// </summary>
public sealed class KafkaBrokerServer : IAsyncDisposable
{
    private readonly DataDirectory data;
    private readonly BrokerMetrics metrics;
    private readonly TopicCatalog topics;
    private readonly GroupCoordinator groups;
    private readonly BackgroundWork background;
    private readonly ConnectionListener listener;
    private readonly ILogger logger;
    private int disposed;

    private KafkaBrokerServer(KafkaBrokerOptions options, DataDirectory data, ILogger logger, TimeProvider time)
    {
        this.data = data;
        this.logger = logger;
        var durable = options.Fsync == FsyncMode.Commit;
        topics = new TopicCatalog(options, data.WasClean, time, logger);
        metrics = new BrokerMetrics();
        metrics.Observe(topics);
        groups = new GroupCoordinator(options, new OffsetStore(options.DataDirectory, durable, logger), time, logger);
        background = new BackgroundWork(options, topics, time, logger);
        var apis = new ApiCatalog(options, data.ClusterId, topics, groups, new ProducerIds(options.DataDirectory, durable), metrics);
        listener = new ConnectionListener(options, apis, metrics, logger);
        Host = options.Host;
    }

    public string Host { get; }

    /// <summary>The port it listens on; the one that was free where the options say 0.</summary>
    public int Port => listener.Port;

    /// <summary><c>host:port</c>, as clients' bootstrap.servers wants it.</summary>
    public string BootstrapServers => $"{Host}:{Port}";

    /// <summary>Opens the data directory, recovers what a crash left, and listens.</summary>
    /// <exception cref="BrokerStartException">An option, the data directory or the port stands in the way.</exception>
    public static Task<KafkaBrokerServer> StartAsync(
        KafkaBrokerOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Start(options, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("StockAspire.KafkaBroker"), TimeProvider.System), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        await listener.DisposeAsync().ConfigureAwait(false);
        await background.DisposeAsync().ConfigureAwait(false);
        groups.Dispose();
        groups.Offsets.Dispose();
        topics.Close();
        data.MarkClean();
        Release();
        BrokerLog.Stopped(logger, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static KafkaBrokerServer Start(KafkaBrokerOptions options, ILogger logger, TimeProvider time)
    {
        options.Validate();
        var data = DataDirectory.Open(options.DataDirectory);
        KafkaBrokerServer? broker = null;
        try
        {
            broker = new KafkaBrokerServer(options, data, logger, time);
            broker.listener.Start();
        }
        catch
        {
            broker?.Release();
            data.Dispose();
            throw;
        }

        broker.background.Start();
        broker.LogStart(options);
        return broker;
    }

    private void LogStart(KafkaBrokerOptions options)
    {
        var version = typeof(KafkaBrokerServer).Assembly.GetName().Version?.ToString(3) ?? "";
        BrokerLog.Started(logger, version, BootstrapServers, Path.GetFullPath(options.DataDirectory), options.Fsync, topics.All.Count, data.WasClean ? "clean" : "recovered");
        if (!IPAddress.TryParse(options.Host, out var address) ? options.Host != "localhost" : !IPAddress.IsLoopback(address))
        {
            BrokerLog.OpenToNetwork(logger, options.Host);
        }
    }

    private void Release()
    {
        topics.Dispose();
        metrics.Dispose();
        data.Dispose();
    }
}
