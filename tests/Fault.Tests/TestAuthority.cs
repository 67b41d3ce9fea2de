using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StockAspire.Fault.Tests;

/// <summary>Signs certificates of nodes, with the names that a test wants.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=fault test ca", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
    }

    public void WriteCa(string file) => File.WriteAllText(file, _certificate.ExportCertificatePem());

    /// <summary>A key store with one certificate, for one address.</summary>
    public void WriteNode(string file, string password, IPAddress address)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] &= 0x7F;
        using var signed = request.Create(_certificate, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1), serial);
        using var own = signed.CopyWithPrivateKey(key);
        File.WriteAllBytes(file, own.Export(X509ContentType.Pkcs12, password));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
