using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StockAspire.TickStore;

namespace StockAspire.Sink.Service.Tests;

/// <summary>A Sink as the service composes it, without its endpoints, on a store that the test holds.</summary>
internal sealed class TestSink : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSink(IHost host) => _host = host;

    public SinkStatus Status => _host.Services.GetRequiredService<SinkStatus>();

    /// <summary>The worker's end: faulted when the Sink could not go on.</summary>
    public Task Ended => _host.Services.GetServices<IHostedService>().OfType<SinkWorker>().Single().ExecuteTask!;

    public static async Task<TestSink> StartAsync(TestBroker broker, ITickStore store, string instance = "sink-1", params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:kafka", broker.BootstrapServers),
            new("Kafka:TopicPartitions", TestBroker.Partitions.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("Sink:Instance", instance),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)),
        ]);
        if (Environment.GetEnvironmentVariable("SINK_TEST_LOG") is not null)
        {
            builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Debug);
        }

        // The store is the test's: the host must not dispose it with itself.
        builder.Services.AddSingleton<ITickStore>(new BorrowedStore(store));
        builder.AddTickSink();
        var sink = new TestSink(builder.Build());
        await sink._host.StartAsync(TestContext.Current.CancellationToken);
        return sink;
    }

    public async Task<HealthReportEntry> HealthAsync()
    {
        var report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        return report.Entries["sink"];
    }

    /// <summary>SIGTERM: drain, commit, leave.</summary>
    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private sealed class BorrowedStore(ITickStore store) : ITickStore
    {
        public int PreferredBatchRows => store.PreferredBatchRows;

        public Task InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

        public Task<int> RegisterTopicAsync(Guid topicId, CancellationToken cancellationToken) => store.RegisterTopicAsync(topicId, cancellationToken);

        public Task WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken) => store.WriteAsync(rows, cancellationToken);

        public IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ScanAsync(TickScan scan, CancellationToken cancellationToken) => store.ScanAsync(scan, cancellationToken);

        public Task<StoredTick?> FindLatestAsync(string symbol, long atNs, long oldestNs, CancellationToken cancellationToken) =>
            store.FindLatestAsync(symbol, atNs, oldestNs, cancellationToken);

        public Task<IReadOnlyList<SymbolBuckets>> ListSymbolsAsync(string after, int limit, CancellationToken cancellationToken) =>
            store.ListSymbolsAsync(after, limit, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
