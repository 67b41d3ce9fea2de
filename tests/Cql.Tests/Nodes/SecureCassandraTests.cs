using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StockAspire.Cql.Tests.Nodes;

/// <summary>TLS and passwords. The certificate names the node's address and localhost.</summary>
public sealed class SecureCassandraTests(SecureCassandra cassandra) : IClassFixture<SecureCassandra>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<CqlSession> ConnectAsync(string password = "cassandra", string? caFile = null, string? name = null, ProtocolVersion version = ProtocolVersion.V4)
    {
        Assert.SkipUnless(cassandra.Absence is null, cassandra.Absence ?? "");
        var options = cassandra.Options();
        (options.User, options.Password) = ("cassandra", password);
        options.Tls = new CqlTlsOptions { CaFile = caFile ?? cassandra.CaFile, TargetName = name };
        options.ProtocolVersion = version;
        return CqlSession.ConnectAsync(options, cancel: Cancel);
    }

    [Theory]
    [InlineData(ProtocolVersion.V4, null)]
    [InlineData(ProtocolVersion.V5, null)]
    [InlineData(ProtocolVersion.V4, "localhost")]
    public async Task RightOnAll_Works(ProtocolVersion version, string? name)
    {
        await using var session = await ConnectAsync(name: name, version: version);
        using var result = await session.ExecuteAsync("SELECT role FROM system_auth.roles", Cancel);
        Assert.Equal(1, result.RowCount);
    }

    [Fact]
    public async Task WrongPassword_IsSaidSo() =>
        Assert.Equal(CqlErrorCode.BadCredentials, (await Assert.ThrowsAsync<CqlServerException>(() => ConnectAsync("wrong"))).Code);

    [Fact]
    public async Task WrongName_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<CqlNoHostException>(() => ConnectAsync(name: "other.example"));
        Assert.Contains("expected to be other.example failed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongAuthority_IsRefused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=another ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var another = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, another.ExportCertificatePem(), Cancel);

        var exception = await Assert.ThrowsAsync<CqlNoHostException>(() => ConnectAsync(caFile: file));
        File.Delete(file);

        Assert.Contains($"TLS with a node expected to be {cassandra.Nodes.Address} failed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoTls_ToAServerThatWantsIt_EndsInTime()
    {
        Assert.SkipUnless(cassandra.Absence is null, cassandra.Absence ?? "");
        var options = cassandra.Options();
        options.ConnectTimeout = TimeSpan.FromSeconds(2);
        await Assert.ThrowsAsync<CqlNoHostException>(() => CqlSession.ConnectAsync(options, cancel: Cancel));
    }

    [Fact]
    public async Task CaFile_ThatIsNone_IsNamed()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(caFile: "/no/such/file.pem"));
        Assert.Contains("/no/such/file.pem", exception.Message, StringComparison.Ordinal);
    }
}
