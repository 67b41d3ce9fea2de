using StockAspire.Otlp;

namespace StockAspire.Dashboard;

/// <summary>
/// Section <c>Dashboard</c>, and the addresses that stand outside of it: the names are those of Aspire's dashboard, so
/// that whoever starts one can start the other. Its limits are in <see cref="DashboardOptionsValidator"/>.
/// </summary>
internal sealed class DashboardOptions
{
    public const string SectionName = "Dashboard";
    public const string UrlsKey = "urls";
    public const string FrontendUrlsKey = "Dashboard:Frontend:Urls";
    public const string OtlpGrpcUrlKey = "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL";
    public const string OtlpHttpUrlKey = "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    public const string ResourceServiceUrlKey = "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL";
    public const string PipelineUrlKey = "Dashboard:Pipeline:Url";

    public FrontendOptions Frontend { get; } = new();

    public OtlpListenerOptions Otlp { get; } = new();

    public ResourceServiceClientOptions ResourceServiceClient { get; } = new();

    public PipelineOptions Pipeline { get; } = new();

    public static void Bind(DashboardOptions options, IConfiguration configuration)
    {
        configuration.GetSection(SectionName).Bind(options);
        options.Frontend.Urls = Value(UrlsKey) ?? options.Frontend.Urls;
        options.Otlp.GrpcUrl = Value(OtlpGrpcUrlKey);
        options.Otlp.HttpUrl = Value(OtlpHttpUrlKey);
        options.ResourceServiceClient.Url = Value(ResourceServiceUrlKey);
        options.Pipeline.Url = Value(PipelineUrlKey);

        // An empty variable is how a shell leaves one out.
        string? Value(string key) => string.IsNullOrWhiteSpace(configuration[key]) ? null : configuration[key];
    }
}

/// <summary>The pages.</summary>
internal sealed class FrontendOptions
{
    public const string BrowserTokenMode = "BrowserToken";
    public const string UnsecuredMode = "Unsecured";

    /// <summary><c>ASPNETCORE_URLS</c>: one or more http URLs with semicolons between.</summary>
    public string Urls { get; set; } = "http://127.0.0.1:18888";

    /// <summary><see cref="BrowserTokenMode"/> or <see cref="UnsecuredMode"/>: everyone who reaches the port is let in.</summary>
    public string AuthMode { get; set; } = BrowserTokenMode;

    /// <summary>What a browser must present once. Secret: never in a log or message.</summary>
    public string? BrowserToken { get; set; }

    /// <summary>
    /// Listens beyond loopback where the URLs say so; wants <see cref="BrowserTokenMode"/>. Without TLS, everyone on the way
    /// can read along.
    /// </summary>
    public bool AllowRemote { get; set; }

    public bool IsUnsecured => AuthMode.Equals(UnsecuredMode, StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<string> UrlList => Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Where telemetry comes in. Who may send it is for the receiver to say, by <see cref="OtlpOptions"/>.</summary>
internal sealed class OtlpListenerOptions
{
    /// <summary>OTLP/gRPC, HTTP/2 without TLS; null receives none.</summary>
    public string? GrpcUrl { get; set; }

    /// <summary>OTLP/HTTP with protobuf bodies; null receives none.</summary>
    public string? HttpUrl { get; set; }

    /// <summary>As the receiver reads it, which also says where it is none.</summary>
    public string AuthMode { get; set; } = nameof(OtlpAuthMode.Unsecured);

    /// <summary>
    /// Listens beyond loopback where the URLs say so; wants an API key. Without TLS, everyone on the way can read along.
    /// </summary>
    public bool AllowRemote { get; set; }

    public bool IsUnsecured => !Enum.TryParse<OtlpAuthMode>(AuthMode, ignoreCase: true, out var mode) || mode == OtlpAuthMode.Unsecured;
}

/// <summary>Whom to ask about resources.</summary>
internal sealed class ResourceServiceClientOptions
{
    public const string ApiKeyMode = "ApiKey";
    public const string UnsecuredMode = "Unsecured";

    /// <summary>gRPC, HTTP/2 without TLS; null where nobody runs resources (a dashboard of telemetry alone).</summary>
    public string? Url { get; set; }

    /// <summary><see cref="ApiKeyMode"/> sends <see cref="ApiKey"/>, <see cref="UnsecuredMode"/> nothing.</summary>
    public string AuthMode { get; set; } = UnsecuredMode;

    /// <summary>Secret: never in a log or message.</summary>
    public string? ApiKey { get; set; }
}

/// <summary>Whom to ask about the pipeline.</summary>
internal sealed class PipelineOptions
{
    /// <summary>Base URL of Query's <c>http</c> endpoint; null where there is none.</summary>
    public string? Url { get; set; }
}
