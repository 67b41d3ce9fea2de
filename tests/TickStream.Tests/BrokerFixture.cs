using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StockAspire.KafkaBroker;

namespace StockAspire.TickStream.Tests;

/// <summary>An embedded broker for the tests of a class.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("stockaspire-tickstream-").FullName;
    private KafkaBrokerServer? _broker;

    public KafkaOptions Configured(int partitions = 8) => new() { BootstrapServers = _broker!.BootstrapServers, TopicPartitions = partitions };

    internal KafkaClients Clients() => new(Options.Create(Configured()), NullLoggerFactory.Instance);

    internal TopicSetup Setup(int partitions = 8) =>
        new(Clients(), Options.Create(Configured(partitions)), NullLogger<TopicSetup>.Instance);

    public async ValueTask InitializeAsync() =>
        _broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = _data }, cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _broker!.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
