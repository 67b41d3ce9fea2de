using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>
/// The environment that a resource is given over the orchestrator's own; the same variables that Aspire sets in run
/// mode, so that a service cannot tell the two apart.
/// </summary>
internal static class EnvironmentPlan
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>In the order of precedence: the application's own <c>WithEnvironment</c> and <c>WithReference</c> come last and win.</summary>
    internal static SortedDictionary<string, string> Create(
        ResourceInstance instance, IConfiguration configuration, TelemetryTarget? telemetry = null)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        AddTelemetry(environment, instance, configuration, telemetry);
        AddEndpoints(environment, instance);

        var context = new EnvironmentCallbackContext(instance.Resource);
        foreach (var annotation in instance.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            annotation.Callback(context);
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            environment[name] = value switch
            {
                EndpointReference endpoint => endpoint.Url,
                _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
            };
        }
        return environment;
    }

    private static void AddTelemetry(
        SortedDictionary<string, string> environment, ResourceInstance instance, IConfiguration configuration, TelemetryTarget? telemetry)
    {
        environment["OTEL_SERVICE_NAME"] = instance.Resource.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.InstanceId}";
        if (telemetry is { } target)
        {
            environment[OtlpEndpoint] = target.Endpoint;
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            environment["OTEL_EXPORTER_OTLP_HEADERS"] = target.Headers ?? "";
            return;
        }
        if (string.IsNullOrWhiteSpace(configuration[OtlpEndpoint]))
            return;
        foreach (var key in (string[])[OtlpEndpoint, "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS"])
        {
            if (configuration[key] is { } value)
                environment[key] = value;
        }
    }

    private static void AddEndpoints(SortedDictionary<string, string> environment, ResourceInstance instance)
    {
        foreach (var endpoint in instance.Endpoints)
        {
            if (endpoint.IsKestrel)
                environment[$"Kestrel__Endpoints__{endpoint.Name}__Url"] = endpoint.UrlOf(instance.Replica);
            if (endpoint.PortVariable is { } variable)
                environment[variable] = endpoint.AllocatedPorts[instance.Replica].ToString(CultureInfo.InvariantCulture);
        }

        var urls = instance.Endpoints
            .Where(endpoint => endpoint is { IsKestrel: false, PortVariable: null, UriScheme: "http" or "https" })
            .Select(endpoint => endpoint.UrlOf(instance.Replica));
        var list = string.Join(';', urls);
        if (list.Length > 0 && instance.Resource is ProjectResource)
            environment["ASPNETCORE_URLS"] = list;
    }
}
