using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StockAspire.KafkaBroker.Security;

/// <summary>What the broker shows to clients that connect by TLS: a certificate with its chain, and the key, from PEM files that are read once.</summary>
internal static class TlsCertificate
{
    /// <exception cref="BrokerStartException">A file cannot be read, is not PEM, or the key is not the certificate's; the message names option and file.</exception>
    public static SslServerAuthenticationOptions Load(string certificateFile, string keyFile)
    {
        var chain = ReadChain(certificateFile);
        var key = SecretFile.Read(keyFile, nameof(KafkaBrokerOptions.TlsKeyFile));
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(chain[0].ExportCertificatePem(), key);

            // Windows takes keys from its own store only; where that is not so, this changes nothing.
            var stored = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
            return new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(stored, chain, offline: true),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                AllowRenegotiation = false,
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw BrokerStartException.Option(
                KafkaBrokerOptions.KeyOf(nameof(KafkaBrokerOptions.TlsKeyFile)), keyFile, $"it has no unencrypted PEM key that fits the certificate in {certificateFile}: {e.Message}", e);
        }
    }

    private static X509Certificate2Collection ReadChain(string file)
    {
        var key = KafkaBrokerOptions.KeyOf(nameof(KafkaBrokerOptions.TlsCertificateFile));
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw BrokerStartException.Option(key, file, e.Message, e);
        }

        return chain.Count > 0 ? chain : throw BrokerStartException.Option(key, file, "it has no PEM certificate.");
    }
}
