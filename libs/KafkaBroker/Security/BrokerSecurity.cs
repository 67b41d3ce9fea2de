using System.Net.Security;

namespace StockAspire.KafkaBroker.Security;

/// <summary>How connections are protected; each part is null where the options leave it off.</summary>
internal sealed record BrokerSecurity(SslServerAuthenticationOptions? Tls, BrokerUsers? Users) : IDisposable
{
    /// <exception cref="BrokerStartException">A file that the options name cannot be used.</exception>
    public static BrokerSecurity Load(KafkaBrokerOptions options) => new(
        options.TlsCertificateFile is { } certificate ? TlsCertificate.Load(certificate, options.TlsKeyFile!) : null,
        options.UsersFile is { } users ? BrokerUsers.Load(users) : null);

    public void Dispose() => Users?.Dispose();

    /// <summary>As Kafka names it in security.protocol.</summary>
    public override string ToString() => (Tls, Users) switch
    {
        (null, null) => "PLAINTEXT",
        (null, _) => "SASL_PLAINTEXT",
        (_, null) => "SSL",
        _ => "SASL_SSL",
    };
}
