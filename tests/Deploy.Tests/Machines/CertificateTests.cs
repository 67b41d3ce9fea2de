using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>TLS with what certificates.sh makes.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_name_that_was_given_is_accepted_and_any_other_refused()
    {
        await MakeAsync("tls", "dns:kafka-1.example.net,dns:localhost,ip:127.0.0.1");
        Assert.Null(await HandshakeAsync("tls", "tls", "kafka-1.example.net"));
        Assert.Null(await HandshakeAsync("tls", "tls", "localhost"));
        Assert.Null(await HandshakeAsync("tls", "tls", "127.0.0.1"));
        Assert.Equal(SslPolicyErrors.RemoteCertificateNameMismatch, await HandshakeAsync("tls", "tls", "kafka-2.example.net"));
        Assert.Equal(SslPolicyErrors.RemoteCertificateNameMismatch, await HandshakeAsync("tls", "tls", "127.0.0.2"));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        await MakeAsync("ours", "dns:localhost");
        await MakeAsync("theirs", "dns:localhost");
        Assert.Equal(SslPolicyErrors.RemoteCertificateChainErrors, await HandshakeAsync("ours", "theirs", "localhost"));
    }

    [Fact]
    public async Task A_second_run_keeps_what_is_there_and_other_names_make_another_of_the_same_authority()
    {
        await MakeAsync("tls", "dns:localhost");
        var authority = await File.ReadAllTextAsync(_folder["tls/ca.pem"]);
        var certificate = await File.ReadAllTextAsync(_folder["tls/server.pem"]);
        await MakeAsync("tls", "dns:localhost");
        Assert.Equal(certificate, await File.ReadAllTextAsync(_folder["tls/server.pem"]));
        await MakeAsync("tls", "dns:localhost,dns:other");
        Assert.NotEqual(certificate, await File.ReadAllTextAsync(_folder["tls/server.pem"]));
        Assert.Equal(authority, await File.ReadAllTextAsync(_folder["tls/ca.pem"]));
        Assert.Null(await HandshakeAsync("tls", "tls", "other"));
        Assert.All(["tls/ca.key", "tls/server.pem"], file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[file])));
    }

    private async Task MakeAsync(string folder, string names)
    {
        (await Command.ScriptAsync("machines/certificates.sh", "authority", "--dir", _folder[folder])).Succeeded();
        (await Command.ScriptAsync("machines/certificates.sh", "server", "--dir", _folder[folder], "--name", "server", "--for", names)).Succeeded();
    }

    /// <summary>What a client that trusts one folder's authority has against the server of another; null for nothing.</summary>
    private async Task<SslPolicyErrors?> HandshakeAsync(string trusted, string served, string name)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, served);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        await using var stream = new SslStream(client.GetStream());
        using var authority = X509CertificateLoader.LoadCertificateFromFile(_folder[$"{trusted}/ca.pem"]);
        SslPolicyErrors? found = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, _, _, errors) =>
            {
                found = errors == SslPolicyErrors.None ? null : errors;
                return errors == SslPolicyErrors.None;
            },
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            Assert.Null(found);
        }
        catch (AuthenticationException)
        {
            Assert.NotNull(found);
        }

        client.Close();
        await serving;
        return found;
    }

    private async Task ServeAsync(TcpListener listener, string folder)
    {
        var pem = await File.ReadAllTextAsync(_folder[$"{folder}/server.pem"]);
        using var certificate = X509Certificate2.CreateFromPem(pem, pem);
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // The client has seen what it wanted to see, and is gone.
        }
    }
}
