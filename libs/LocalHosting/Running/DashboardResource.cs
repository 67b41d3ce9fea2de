using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>
/// The dashboard, a child like others, but not a part of the application: nothing waits for it, and the application
/// runs on without it. It is told of resources by <see cref="ResourceService"/>, and receives the telemetry of all
/// others. Its environment has the names of Aspire's dashboard.
/// </summary>
internal sealed class DashboardResource : Resource, IResourceWithEnvironment, IResourceWithEndpoints, IProcessResource
{
    /// <summary>Names the dashboard's built assembly; the AppHost's project file sets it as assembly metadata.</summary>
    internal const string AssemblyKey = "AppHost:DashboardAssembly";

    internal const string SettingKey = "AppHost:Dashboard";
    internal const string ResourceName = "dashboard";

    private const string OtlpEndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string OtlpProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string OtlpHeadersKey = "OTEL_EXPORTER_OTLP_HEADERS";

    private const string Frontend = "http";
    private const string OtlpGrpc = "otlp-grpc";
    private const string OtlpHttp = "otlp-http";

    private readonly string _assembly;
    private readonly RunKeys _keys;

    private DashboardResource(string assembly, RunKeys keys)
        : base(ResourceName)
    {
        _assembly = assembly;
        _keys = keys;
        Annotations.Add(new EndpointAnnotation(Frontend, "http") { Port = 18888 });
        Annotations.Add(new EndpointAnnotation(OtlpGrpc, "http") { Port = 18889 });
        Annotations.Add(new EndpointAnnotation(OtlpHttp, "http") { Port = 18890 });
        Annotations.Add(new HttpHealthCheckAnnotation("/health", 200, Frontend));
    }

    /// <summary>Lets whoever has it in, so it is for the terminal and for files that only their owner reads.</summary>
    internal string LoginUrl => $"{UrlOf(Frontend)}/login?t={_keys.Browser}";

    /// <summary>Where all others send their telemetry.</summary>
    internal TelemetryTarget Telemetry => new(UrlOf(OtlpGrpc), $"x-otlp-api-key={_keys.Otlp}");

    /// <summary>Null where no dashboard is wanted, or none is built into this AppHost.</summary>
    /// <exception cref="DistributedApplicationException">It is wanted and cannot be had.</exception>
    internal static DashboardResource? Create(AppHostSettings settings, IConfiguration configuration, RunKeys keys)
    {
        if (settings.Dashboard == DashboardMode.None)
            return null;
        if (configuration[AssemblyKey] is not { } assembly)
        {
            return settings.Dashboard is null
                ? null
                : throw new DistributedApplicationException($"{SettingKey} is embedded, but this AppHost was built without a dashboard: {AssemblyKey} is missing.");
        }
        if (IsForwarded(configuration) && configuration[OtlpProtocolKey] is { } protocol and not "grpc")
        {
            throw new DistributedApplicationException(
                $"{OtlpProtocolKey} is \"{protocol}\"; the dashboard passes telemetry on to {OtlpEndpointKey} by grpc alone. Set it to grpc, or {SettingKey} to none.");
        }
        return new DashboardResource(assembly, keys);
    }

    ProcessCommand IProcessResource.CreateCommand() => File.Exists(_assembly)
        ? new ProcessCommand(DotNetHost.Path, [_assembly], Path.GetDirectoryName(_assembly)!)
        : throw new DistributedApplicationException($"The dashboard is not built: {_assembly} is missing. Build Dashboard, or set {SettingKey} to none.");

    /// <param name="service">What the AppHost serves.</param>
    /// <param name="statuses">They may know where the dashboard finds more.</param>
    /// <param name="configuration">Of the AppHost; the telemetry target in it is that of the dashboard now.</param>
    internal void Connect(ResourceServiceHost service, IEnumerable<IRunStatus> statuses, IConfiguration configuration) =>
        Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["ASPNETCORE_URLS"] = UrlOf(Frontend);
            variables["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] = UrlOf(OtlpGrpc);
            variables["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = UrlOf(OtlpHttp);
            variables["DOTNET_RESOURCE_SERVICE_ENDPOINT_URL"] = service.Url;
            variables["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
            variables["DASHBOARD__FRONTEND__BROWSERTOKEN"] = _keys.Browser;
            variables["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
            variables["DASHBOARD__OTLP__PRIMARYAPIKEY"] = _keys.Otlp;
            variables["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey";
            variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = service.ApiKey;

            // Its own telemetry has nowhere to go: to itself it would never end.
            variables[OtlpEndpointKey] = "";
            variables[OtlpHeadersKey] = "";
            if (IsForwarded(configuration))
            {
                variables["Dashboard__Otlp__ForwardTo"] = configuration[OtlpEndpointKey]!;
                variables["Dashboard__Otlp__ForwardHeaders"] = configuration[OtlpHeadersKey] ?? "";
            }
            foreach (var (name, value) in statuses.SelectMany(status => status.DashboardEnvironment))
                variables[name] = value;
        }));

    private static bool IsForwarded(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[OtlpEndpointKey]);

    private string UrlOf(string endpoint) => new EndpointReference(this, endpoint).Url;
}
