using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StockAspire.Cql.Connections;

/// <summary>Secures a connection: the chain must lead to a trusted authority and the certificate must name the node.</summary>
internal sealed class TlsHandshake
{
    private readonly CqlTlsOptions _options;
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _own;

    /// <exception cref="ArgumentException">A file cannot be read.</exception>
    public TlsHandshake(CqlTlsOptions options)
    {
        _options = options;
        try
        {
            if (options.CaFile is not null)
            {
                _authorities = [];
                _authorities.ImportFromPemFile(options.CaFile);
                if (_authorities.Count == 0)
                    throw new ArgumentException($"{options.CaFile} holds no certificate.");
            }

            if (options.CertificateFile is not null)
                _own = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile), additionalCertificates: null);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{options.CaFile ?? options.CertificateFile}: {exception.Message}", exception);
        }
    }

    /// <param name="name">What the node was called, where nothing else is set.</param>
    /// <exception cref="CqlConnectionException">The certificate is not trusted or names another.</exception>
    public async Task<Stream> SecureAsync(Stream stream, string name, CancellationToken cancel)
    {
        var target = _options.TargetName ?? name;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        var settings = new SslClientAuthenticationOptions { TargetHost = target, ClientCertificateContext = _own };
        if (_authorities is not null)
        {
            settings.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            settings.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        try
        {
            await secure.AuthenticateAsClientAsync(settings, cancel);
            return secure;
        }
        catch (Exception exception)
        {
            await secure.DisposeAsync();
            if (exception is AuthenticationException)
                throw new CqlConnectionException($"TLS with a node expected to be {target} failed: {exception.Message}", exception, wasSent: false);
            throw;
        }
    }
}
