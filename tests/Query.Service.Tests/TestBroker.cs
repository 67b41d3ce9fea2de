using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.KafkaBroker;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Query.Service.Tests;

/// <summary>An embedded broker of this test alone, and the service that follows it.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly string _folder;
    private readonly KafkaBrokerServer _server;
    private IProducer<byte[], byte[]>? _producer;

    private TestBroker(string folder, KafkaBrokerServer server)
    {
        _folder = folder;
        _server = server;
    }

    public string BootstrapServers => _server.BootstrapServers;

    public static async Task<TestBroker> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("query-tests-").FullName;
        var server = await KafkaBrokerServer.StartAsync(
            new KafkaBrokerOptions { DataDirectory = folder, Fsync = FsyncMode.None }, cancellationToken: TestContext.Current.CancellationToken);
        return new TestBroker(folder, server);
    }

    /// <summary>Starts the service and waits until it is healthy: it follows the topics.</summary>
    public async Task<QueryHost> StartQueryAsync(FakeTickStore? store = null, params (string Key, string Value)[] settings)
    {
        var host = await QueryHost.StartAsync(store, BootstrapServers, settings);
        await Eventually.TrueAsync("a healthy service", async () =>
        {
            using var response = await host.Json.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        });
        _producer ??= host.Services.GetRequiredService<KafkaClients>().CreateProducer("query-tests");
        return host;
    }

    /// <summary>One record for each block, acknowledged.</summary>
    public Task PublishAsync(params IEnumerable<IReadOnlyList<Tick>> blocks) => Task.WhenAll(blocks.Select(block => ProduceAsync(
        Topics.Ticks, System.Text.Encoding.UTF8.GetBytes(block[0].Symbol), SampleTicks.Block(block))));

    public Task SealAsync(params IEnumerable<Seal> seals) => Task.WhenAll(seals.Select(seal => ProduceAsync(
        Topics.Seals, System.Text.Encoding.UTF8.GetBytes(seal.Key), SealCodec.Encode(seal))));

    public async Task<TopicPartitionOffset> ProduceAsync(string topic, byte[]? key, byte[] value, Headers? headers = null)
    {
        var result = await _producer!.ProduceAsync(topic, new Message<byte[], byte[]> { Key = key!, Value = value, Headers = headers });
        return result.TopicPartitionOffset;
    }

    /// <summary>What the Sink would commit.</summary>
    public static void Commit(QueryHost host, params IEnumerable<TopicPartitionOffset> offsets)
    {
        using var sink = host.Services.GetRequiredService<KafkaClients>().BuildGroupConsumer("sink", "stockaspire-sink", "sink-1").Build();
        sink.Commit(offsets);
    }

    public async ValueTask DisposeAsync()
    {
        _producer?.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
