using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.KafkaBroker.Tests.Security;

public sealed class TlsTests : IDisposable
{
    private const string ApiVersions = "0012 0000 00000007 0001 78";

    private readonly TemporaryDirectory _files = new();
    private readonly TestCertificates _certificates;

    public TlsTests() => _certificates = TestCertificates.Create(_files.Path);

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Requests_and_large_answers_go_through_tls(SslProtocols protocol)
    {
        await using var broker = await StartAsync();
        using var client = new TcpClient("127.0.0.1", broker.Server.Port);
        await using var stream = await EncryptAsync(client, protocol);
        Assert.Equal(protocol, stream.SslProtocol);
        for (var i = 0; i < 3; i++)
        {
            await stream.WriteAsync(RawClient.Frame(ApiVersions), TestContext.Current.CancellationToken);
            var start = new byte[10];
            await stream.ReadExactlyAsync(start, TestContext.Current.CancellationToken);
            Assert.Equal("000000070000", Convert.ToHexString(start.AsSpan(4)));
            await stream.ReadExactlyAsync(new byte[start[3] + (start[2] << 8) - 6], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Old_versions_of_tls_are_refused()
    {
        await using var broker = await StartAsync();
        using var client = new TcpClient("127.0.0.1", broker.Server.Port);
#pragma warning disable SYSLIB0039, CA5397 // that they are obsolete is the point
        await Assert.ThrowsAnyAsync<Exception>(() => EncryptAsync(client, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task Client_without_tls_is_closed_and_one_with_it_is_served_meanwhile()
    {
        await using var broker = await StartAsync(o => o.TransferTimeout = TimeSpan.FromSeconds(2));
        using var silent = await RawClient.ConnectAsync(broker.Server.Port);
        using var plain = await RawClient.ConnectAsync(broker.Server.Port);
        await plain.SendAsync(ApiVersions);
        Assert.Null(await plain.ReceiveAsync());
        using var client = new TcpClient("127.0.0.1", broker.Server.Port);
        await using var stream = await EncryptAsync(client, SslProtocols.None);
        await stream.WriteAsync(RawClient.Frame(ApiVersions), TestContext.Current.CancellationToken);
        Assert.True(await stream.ReadAsync(new byte[4], TestContext.Current.CancellationToken) > 0);

        // Who never begins the handshake is closed in the end.
        Assert.Null(await silent.ReceiveAsync());
    }

    [Fact]
    public async Task Tls_client_on_a_plain_listener_is_named_in_the_log()
    {
        var log = new LinesLogger();
        await using var broker = await KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = Path.Combine(_files.Path, "data") }, log, TestContext.Current.CancellationToken);
        using var client = new TcpClient("127.0.0.1", broker.Port);
        await Assert.ThrowsAnyAsync<IOException>(() => EncryptAsync(client, SslProtocols.None));
        await log.UntilAsync("These bytes begin a TLS handshake, and this listener has no TLS.");
    }

    [Fact]
    public async Task Certificate_and_key_that_do_not_fit_are_named()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        TestCertificates.WriteSecret(_certificates.KeyFile, other.ExportPkcs8PrivateKeyPem());
        await AssertRefusedAsync($"KafkaBroker:TlsKeyFile is {_certificates.KeyFile}: it has no unencrypted PEM key that fits the certificate in {_certificates.CertificateFile}");
    }

    [Fact]
    public async Task Key_that_is_encrypted_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        TestCertificates.WriteSecret(_certificates.KeyFile, encrypted);
        await AssertRefusedAsync($"KafkaBroker:TlsKeyFile is {_certificates.KeyFile}: it has no unencrypted PEM key");
    }

    [Fact]
    public async Task Certificate_file_that_is_none_or_not_there_is_named()
    {
        await File.WriteAllTextAsync(_certificates.CertificateFile, "certificate", TestContext.Current.CancellationToken);
        await AssertRefusedAsync($"KafkaBroker:TlsCertificateFile is {_certificates.CertificateFile}: it has no PEM certificate.");
        File.Delete(_certificates.CertificateFile);
        await AssertRefusedAsync($"KafkaBroker:TlsCertificateFile is {_certificates.CertificateFile}: ");
    }

    [Fact]
    public async Task Key_that_everybody_can_read_is_refused()
    {
        TestCertificates.LetEverybodyRead(_certificates.KeyFile);
        await AssertRefusedAsync($"KafkaBroker:TlsKeyFile is {_certificates.KeyFile}: every user of this machine can read it");
    }

    [Fact]
    public async Task Certificate_without_key_is_refused()
    {
        var e = await Assert.ThrowsAsync<BrokerStartException>(() => EmbeddedBroker.StartAsync(o => o.TlsCertificateFile = _certificates.CertificateFile));
        Assert.StartsWith("KafkaBroker:TlsKeyFile is missing: ", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private async Task AssertRefusedAsync(string message) =>
        Assert.StartsWith(message, (await Assert.ThrowsAsync<BrokerStartException>(() => StartAsync())).Message, StringComparison.Ordinal);

    private Task<EmbeddedBroker> StartAsync(Action<KafkaBrokerOptions>? configure = null) => EmbeddedBroker.StartAsync(o =>
    {
        (o.TlsCertificateFile, o.TlsKeyFile) = (_certificates.CertificateFile, _certificates.KeyFile);
        configure?.Invoke(o);
    });

    private async Task<SslStream> EncryptAsync(TcpClient client, SslProtocols protocols)
    {
        var stream = new SslStream(client.GetStream());
        using var authority = X509CertificateLoader.LoadCertificateFromFile(_certificates.CaFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        var options = new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = protocols, CertificateChainPolicy = policy };
        await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        return stream;
    }
}
