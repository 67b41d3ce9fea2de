using StockAspire.Engines;
using StockAspire.KafkaBroker;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>A Kafka that lives as long as its test class.</summary>
public interface IKafkaFixture
{
    /// <summary>Why there is no such Kafka here; null if there is.</summary>
    string? SkipReason { get; }

    string BootstrapServers { get; }
}

/// <summary>One that can end and start again at its address, with what it has stored.</summary>
public interface IRestartableKafkaFixture : IKafkaFixture
{
    Task RestartAsync();
}

/// <summary>The broker of this repository, in process.</summary>
public sealed class EmbeddedKafka : IRestartableKafkaFixture, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("contract-kafka-").FullName;
    private KafkaBrokerServer _broker = null!;

    public string? SkipReason => null;

    public string BootstrapServers => _broker.BootstrapServers;

    public async ValueTask InitializeAsync() => _broker = await StartAsync(port: 0);

    public async Task RestartAsync()
    {
        await _broker.DisposeAsync();
        _broker = await StartAsync(_broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private Task<KafkaBrokerServer> StartAsync(int port) => KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = _directory, Port = port });
}

/// <summary>Apache Kafka itself.</summary>
public sealed class ApacheKafka : IRestartableKafkaFixture, IAsyncLifetime
{
    private readonly RealKafka _kafka = new();

    public string? SkipReason => RealKafka.Absence;

    public string BootstrapServers => _kafka.ContactPoints;

    public async ValueTask InitializeAsync()
    {
        if (SkipReason is null)
        {
            await _kafka.StartAsync();
        }
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public async Task RestartAsync()
    {
        await _kafka.KillAsync(1);
        await _kafka.UpAsync(1);
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}

public sealed class EmbeddedKafkaContractTests(EmbeddedKafka fixture) : KafkaContract(fixture), IClassFixture<EmbeddedKafka>;

public sealed class ApacheKafkaContractTests(ApacheKafka fixture) : KafkaContract(fixture), IClassFixture<ApacheKafka>;
