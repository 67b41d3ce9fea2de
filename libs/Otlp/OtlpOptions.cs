namespace StockAspire.Otlp;

/// <summary>
/// Section <c>Dashboard:Otlp</c>: who may send, and where what was received goes on to. The names are those of Aspire's
/// dashboard where it has the same.
/// </summary>
public sealed class OtlpOptions
{
    public const string SectionName = "Dashboard:Otlp";

    /// <summary>Bytes of one message, after decompression. Collectors have the same limit by default.</summary>
    public const int MessageSizeMax = 4 << 20;

    /// <summary>Unsecured by default, as in Aspire's dashboard: whoever starts one sets both mode and key.</summary>
    public OtlpAuthMode AuthMode { get; set; } = OtlpAuthMode.Unsecured;

    /// <summary>What senders must give in the header <c>x-otlp-api-key</c>.</summary>
    public string? PrimaryApiKey { get; set; }

    /// <summary>A second key that is taken too, so that keys can be changed while processes run.</summary>
    public string? SecondaryApiKey { get; set; }

    /// <summary>Address of an OTLP/gRPC receiver that gets everything as well; none by default.</summary>
    public Uri? ForwardTo { get; set; }

    /// <summary>Headers for <see cref="ForwardTo"/>, as <c>name=value,name=value</c>.</summary>
    public string? ForwardHeaders { get; set; }

    /// <summary>Bytes that wait to be forwarded; what arrives beyond is counted and not forwarded.</summary>
    public int ForwardQueueBytes { get; set; } = 16 << 20;
}
