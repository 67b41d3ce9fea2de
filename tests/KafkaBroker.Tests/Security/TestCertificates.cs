using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StockAspire.KafkaBroker.Tests.Security;

/// <summary>A certificate authority of this test alone, and a broker's certificate by it, as PEM files in a folder.</summary>
internal sealed class TestCertificates
{
    private readonly string _folder;

    private TestCertificates(string folder) => _folder = folder;

    public string CaFile => Path.Combine(_folder, "ca.pem");

    public string CertificateFile => Path.Combine(_folder, "broker.pem");

    public string KeyFile => Path.Combine(_folder, "broker.key");

    /// <summary>A certificate for 127.0.0.1, and for nothing else.</summary>
    public static TestCertificates Create(string folder)
    {
        var files = new TestCertificates(folder);
        var (from, to) = (DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(100));
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=test authority", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var ca = caRequest.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test broker", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(ca, from, to, [1]);
        File.WriteAllText(files.CaFile, ca.ExportCertificatePem());
        File.WriteAllText(files.CertificateFile, certificate.ExportCertificatePem());
        WriteSecret(files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public static string WriteSecret(string path, string content)
    {
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    public static void LetEverybodyRead(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no Unix file modes on Windows.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }
    }
}
