using System.Globalization;
using System.Text;
using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.KafkaBroker.Tests.Security;

/// <summary>Listening beyond this machine, and what clients and the log are told.</summary>
public sealed class OpenNetworkTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    [Theory]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("0.0.0.0", true, false)]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("::", false, false)]
    [InlineData("192.0.2.1", false, false)]
    [InlineData("broker.example.net", false, false)]
    public async Task Without_tls_and_users_it_is_refused(string host, bool tls, bool users)
    {
        var e = await Assert.ThrowsAsync<BrokerStartException>(() => StartAsync(o => Secure(o, tls, users).Host = host, new LinesLogger()));
        Assert.StartsWith($"KafkaBroker:Host is {host}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-insecure-network", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_explicit_setting_it_is_allowed_and_the_log_warns()
    {
        var log = new LinesLogger();
        await using var broker = await StartAsync(o => (o.Host, o.AllowInsecureNetwork) = ("0.0.0.0", true), log);
        Assert.Contains("Warning: listening on 0.0.0.0, beyond this machine, with PLAINTEXT", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_tls_and_users_it_is_allowed_without_a_warning()
    {
        var log = new LinesLogger();
        await using var broker = await StartAsync(o => Secure(o, tls: true, users: true).Host = "0.0.0.0", log);
        Assert.Contains("SASL_SSL", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_holds_no_secret_and_no_name_that_a_client_gave()
    {
        var log = new LinesLogger();
        await using var broker = await StartAsync(o => Secure(o, tls: false, users: true), log);
        using var client = await RawClient.ConnectAsync(broker.Port);
        await client.AskAsync("0011 0001 00000007 0001 78 0005 504c41494e");
        var token = Encoding.UTF8.GetBytes("\0mistyped-secret\0wrong-secret");
        await client.AskAsync("0024 0000 00000007 0001 78" + $"{token.Length:x8}" + Convert.ToHexString(token));
        await log.UntilAsync("authentication failed");
        Assert.DoesNotContain("secret", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wildcard_listener_tells_clients_the_address_they_came_in_at_or_the_advertised_one()
    {
        await using (var broker = await StartAsync(o => (o.Host, o.AllowInsecureNetwork) = ("0.0.0.0", true), new LinesLogger()))
        {
            Assert.Contains(Address("127.0.0.1", broker.Port), await MetadataAsync(broker.Port), StringComparison.Ordinal);
        }

        await using var advertised = await StartAsync(
            o => (o.Host, o.AllowInsecureNetwork, o.AdvertisedHost, o.AdvertisedPort) = ("0.0.0.0", true, "broker.example.net", 19_092), new LinesLogger());
        Assert.Contains(Address("broker.example.net", 19_092), await MetadataAsync(advertised.Port), StringComparison.Ordinal);
        Assert.Equal("broker.example.net:19092", advertised.BootstrapServers);
    }

    [Theory]
    [InlineData("broker.example.net", "broker.example.net", 0)]
    [InlineData("broker.example.net:9092", "broker.example.net", 9092)]
    [InlineData("[::1]:9092", "::1", 9092)]
    [InlineData("[::1]", "::1", 0)]
    public void Advertised_address_is_a_host_with_or_without_port(string value, string host, int port)
    {
        var options = BrokerCommandLine.Parse(["--port", "0", "--data", "d", "--advertised", value]);
        Assert.Equal((host, port), (options.AdvertisedHost, options.AdvertisedPort));
    }

    public void Dispose() => _files.Dispose();

    private static string Address(string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{host.Length:x4}{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(host))}{port:x8}");

    private static async Task<string> MetadataAsync(int port)
    {
        using var client = await RawClient.ConnectAsync(port);
        return await client.AskAsync("0003 0004 00000007 0001 78 ffffffff 00");
    }

    private KafkaBrokerOptions Secure(KafkaBrokerOptions options, bool tls, bool users)
    {
        var certificates = TestCertificates.Create(_files.Path);
        (options.TlsCertificateFile, options.TlsKeyFile) = tls ? (certificates.CertificateFile, certificates.KeyFile) : (null, null);
        options.UsersFile = users ? TestCertificates.WriteSecret(Path.Combine(_files.Path, "users"), KafkaBrokerServer.HashUser("stock", "stock-secret")) : null;
        return options;
    }

    private Task<KafkaBrokerServer> StartAsync(Action<KafkaBrokerOptions> configure, LinesLogger log)
    {
        var options = new KafkaBrokerOptions { DataDirectory = Path.Combine(_files.Path, "data") };
        configure(options);
        return KafkaBrokerServer.StartAsync(options, log, TestContext.Current.CancellationToken);
    }
}
