using StockAspire.Ingest.Service.Tests.Harness;
using StockAspire.KafkaBroker;

[assembly: AssemblyFixture(typeof(KafkaFixture))]

namespace StockAspire.Ingest.Service.Tests.Harness;

/// <summary>
/// One broker for all tests, each of which has sources of its own; <c>STOCKASPIRE_TEST_KAFKA</c> names a real one instead.
/// </summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("ingest-kafka").FullName;
    private KafkaBrokerServer? _broker;

    public string BootstrapServers { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("STOCKASPIRE_TEST_KAFKA") is { Length: > 0 } real)
        {
            BootstrapServers = real;
            return;
        }

        _broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = _data });
        BootstrapServers = _broker.BootstrapServers;
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }
}
