namespace StockAspire.Cql;

/// <summary>TLS to every node. The certificate must be trusted and must name the node: both are always checked.</summary>
public sealed class CqlTlsOptions
{
    /// <summary>PEM file of the authorities to trust instead of the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>
    /// The name that certificates must hold, if not that of the contact point or, for nodes found through it, their address.
    /// </summary>
    public string? TargetName { get; set; }

    /// <summary>PEM files of this client's certificate and its key, for servers that ask for one.</summary>
    public string? CertificateFile { get; set; }

    public string? KeyFile { get; set; }
}
