using StockAspire.Engines;
using StockAspire.KafkaBroker;
using StockAspire.KafkaBroker.Tests.Security;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>A Kafka with TLS and SASL/PLAIN, and the one user "stock" with the password "stock-secret".</summary>
public interface ISecuredKafkaFixture : IKafkaFixture
{
    /// <summary>PEM file of the authority behind the certificate, which is for 127.0.0.1.</summary>
    string CaFile { get; }
}

/// <summary>The broker of this repository, in process, secured.</summary>
public sealed class SecuredEmbeddedKafka : ISecuredKafkaFixture, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("contract-kafka-").FullName;
    private KafkaBrokerServer _broker = null!;

    public string? SkipReason => null;

    public string BootstrapServers => _broker.BootstrapServers;

    public string CaFile { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var certificates = TestCertificates.Create(_directory);
        CaFile = certificates.CaFile;
        _broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions
        {
            DataDirectory = Path.Combine(_directory, "data"),
            TlsCertificateFile = certificates.CertificateFile,
            TlsKeyFile = certificates.KeyFile,
            UsersFile = TestCertificates.WriteSecret(Path.Combine(_directory, "users"), KafkaBrokerServer.HashUser("stock", "stock-secret")),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>Apache Kafka, secured.</summary>
public sealed class SecuredApacheKafka : ISecuredKafkaFixture, IAsyncLifetime
{
    private readonly RealKafka _kafka = new() { IsSecure = true };

    public string? SkipReason => RealKafka.Absence;

    public string BootstrapServers => _kafka.ContactPoints;

    public string CaFile => _kafka.CaFile;

    public async ValueTask InitializeAsync()
    {
        if (SkipReason is null)
        {
            await _kafka.StartAsync();
        }
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}

public sealed class SecuredEmbeddedKafkaContractTests(SecuredEmbeddedKafka fixture) : SecuredKafkaContract(fixture), IClassFixture<SecuredEmbeddedKafka>;

public sealed class SecuredApacheKafkaContractTests(SecuredApacheKafka fixture) : SecuredKafkaContract(fixture), IClassFixture<SecuredApacheKafka>;
