using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StockAspire.KafkaBroker;
using StockAspire.TickStream;

namespace StockAspire.Sink.Service.Tests;

/// <summary>A broker with fresh topics, and what tests ask of it beside the Sink.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    public const int Partitions = 4;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly IProducer<byte[], byte[]> _producer;
    private KafkaBrokerServer _server;

    private TestBroker(string folder, KafkaBrokerServer server)
    {
        (_folder, _server) = (folder, server);
        var options = Options.Create(new KafkaOptions { BootstrapServers = BootstrapServers, TopicPartitions = Partitions, Linger = TimeSpan.Zero });
        Clients = new KafkaClients(options, NullLoggerFactory.Instance);
        Setup = new TopicSetup(Clients, options, NullLogger<TopicSetup>.Instance);
        _producer = Clients.CreateProducer("test");
    }

    public string BootstrapServers => _server.BootstrapServers;

    public KafkaClients Clients { get; }

    private TopicSetup Setup { get; }

    public static async Task<TestBroker> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sink-tests-").FullName;
        var broker = new TestBroker(folder, await StartServerAsync(folder, port: 0));
        await broker.Setup.EnsureAsync(TestContext.Current.CancellationToken);
        return broker;
    }

    /// <summary>Stops the broker; what it has is kept.</summary>
    public ValueTask StopAsync() => _server.DisposeAsync();

    /// <summary>Starts the broker again, on the port that it had.</summary>
    public async Task RestartAsync() => _server = await StartServerAsync(_folder, _server.Port);

    /// <summary>Sends one record to <c>ticks</c>; returns when it is acknowledged.</summary>
    public Task<DeliveryResult<byte[], byte[]>> SendAsync(int partition, byte[] value) => _producer.ProduceAsync(
        new TopicPartition(Topics.Ticks, partition),
        new Message<byte[], byte[]> { Key = "SPY"u8.ToArray(), Value = value, Headers = [] });

    /// <summary>Ticks <paramref name="first"/> and on of one symbol, in blocks.</summary>
    public async Task<List<DeliveryResult<byte[], byte[]>>> SendTicksAsync(int partition, string symbol, int first, int count, int blockRows)
    {
        List<Task<DeliveryResult<byte[], byte[]>>> sent = [];
        for (var at = first; at < first + count; at += blockRows)
        {
            sent.Add(SendAsync(partition, Ticks.Block((ulong)at, Math.Min(blockRows, first + count - at), symbol)));
        }

        return [.. await Task.WhenAll(sent)];
    }

    /// <summary>The Sink's committed offset of each partition; 0 where there is none.</summary>
    public long[] Committed()
    {
        using var reader = Clients.CreateReader(ConsumerGroups.Sink);
        return [.. reader.Committed(AllPartitions(), Timeout).OrderBy(offset => offset.Partition.Value).Select(offset => Math.Max(0, offset.Offset.Value))];
    }

    /// <summary>The end of each partition of <c>ticks</c>.</summary>
    public long[] Ends()
    {
        using var reader = Clients.CreateReader("test");
        return [.. AllPartitions().Select(partition => reader.QueryWatermarkOffsets(partition, Timeout).High.Value)];
    }

    /// <summary>Everything in the dead letters.</summary>
    public List<ConsumeResult<byte[], byte[]>> DeadLetters()
    {
        using var reader = Clients.CreateReader("test");
        reader.Assign(new TopicPartitionOffset(Topics.DeadLetters, 0, Offset.Beginning));
        List<ConsumeResult<byte[], byte[]>> letters = [];
        while (reader.Consume(Timeout) is { IsPartitionEOF: false } letter)
        {
            letters.Add(letter);
        }

        return letters;
    }

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<KafkaBrokerServer> StartServerAsync(string folder, int port) => KafkaBrokerServer.StartAsync(
        new KafkaBrokerOptions { DataDirectory = folder, Port = port, Fsync = FsyncMode.None, GroupInitialRebalanceDelay = TimeSpan.Zero },
        cancellationToken: TestContext.Current.CancellationToken);

    private static IEnumerable<TopicPartition> AllPartitions() =>
        Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(Topics.Ticks, partition));
}
