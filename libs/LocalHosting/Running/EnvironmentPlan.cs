using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace StockAspire.LocalHosting;

/// <summary>
/// The environment that a resource is given over the orchestrator's own; the same variables that Aspire sets in run
/// mode, so that a service cannot tell the two apart. And its arguments.
/// </summary>
internal sealed class EnvironmentPlan(
    IConfiguration configuration, IHostEnvironment environment, DistributedApplicationExecutionContext executionContext)
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string OtlpProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string OtlpHeaders = "OTEL_EXPORTER_OTLP_HEADERS";

    /// <summary>
    /// What makes a dashboard follow what happens: everything is sent, and after a second. Only in Development, as in
    /// Aspire: in production it would cost what nobody looks at.
    /// </summary>
    private static readonly KeyValuePair<string, string>[] DevelopmentTelemetry =
    [
        new("OTEL_BLRP_SCHEDULE_DELAY", "1000"),
        new("OTEL_BSP_SCHEDULE_DELAY", "1000"),
        new("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        new("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"),
        new("OTEL_TRACES_SAMPLER", "always_on"),
    ];

    /// <summary>In the order of precedence: the application's own <c>WithEnvironment</c> and <c>WithReference</c> come last and win.</summary>
    /// <param name="instance">What is to start.</param>
    /// <param name="telemetry">Of the dashboard; null: what the AppHost's configuration says, if it does.</param>
    /// <param name="cancellationToken">Of the start.</param>
    /// <exception cref="DistributedApplicationException">A connection string or a parameter is missing.</exception>
    internal async Task<LaunchPlan> CreateAsync(ResourceInstance instance, TelemetryTarget? telemetry, CancellationToken cancellationToken)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        AddTelemetry(variables, instance, telemetry);
        AddEndpoints(variables, instance);

        var context = new EnvironmentCallbackContext(executionContext, instance.Resource, instance.Replica, cancellationToken);
        foreach (var annotation in instance.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await TextOfAsync(instance, name, value, cancellationToken) is { } text)
                variables[name] = text;
        }
        return new LaunchPlan(await ArgumentsAsync(instance, cancellationToken), variables);
    }

    /// <summary>What <c>WithArgs</c> has added, in its order.</summary>
    private async Task<IReadOnlyList<string>> ArgumentsAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext(executionContext, instance.Resource, cancellationToken);
        foreach (var annotation in instance.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        var arguments = new List<string>();
        foreach (var value in context.Args)
        {
            if (await TextOfAsync(instance, "an argument", value, cancellationToken) is { } text)
                arguments.Add(text);
        }
        return arguments;
    }

    private static async ValueTask<string?> TextOfAsync(ResourceInstance instance, string name, object? value, CancellationToken cancellationToken) => value switch
    {
        null => null,
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new DistributedApplicationException(
            $"{name} of resource '{instance.Resource.Name}' is a {value.GetType().Name}; it must be text, a number, a bool, or a value such as an endpoint."),
    };

    private void AddTelemetry(SortedDictionary<string, string> variables, ResourceInstance instance, TelemetryTarget? telemetry)
    {
        variables["OTEL_SERVICE_NAME"] = instance.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.InstanceId}";
        if (instance.Resource is ProjectResource)
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (environment.IsDevelopment())
        {
            foreach (var (name, value) in DevelopmentTelemetry)
                variables[name] = value;
        }
        if (telemetry is { } target)
        {
            variables[OtlpEndpoint] = target.Endpoint;
            variables[OtlpProtocol] = "grpc";
            variables[OtlpHeaders] = target.Headers ?? "";
        }
        else if (!string.IsNullOrWhiteSpace(configuration[OtlpEndpoint]))
        {
            foreach (var key in (string[])[OtlpEndpoint, OtlpProtocol, OtlpHeaders])
            {
                if (configuration[key] is { } value)
                    variables[key] = value;
            }
        }
    }

    private static void AddEndpoints(SortedDictionary<string, string> variables, ResourceInstance instance)
    {
        foreach (var endpoint in instance.Endpoints)
        {
            if (endpoint.IsKestrel)
                variables[$"Kestrel__Endpoints__{endpoint.Name}__Url"] = endpoint.UrlOf(instance.Replica);
            if (endpoint.PortVariable is { } variable)
                variables[variable] = endpoint.AllocatedPorts[instance.Replica].ToString(CultureInfo.InvariantCulture);
        }

        var urls = instance.Endpoints
            .Where(endpoint => endpoint is { IsKestrel: false, PortVariable: null, UriScheme: "http" or "https" })
            .Select(endpoint => endpoint.UrlOf(instance.Replica));
        var list = string.Join(';', urls);
        if (list.Length > 0 && instance.Resource is ProjectResource)
            variables["ASPNETCORE_URLS"] = list;
    }
}
