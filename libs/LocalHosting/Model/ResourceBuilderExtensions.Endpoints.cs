namespace StockAspire.LocalHosting;

/// <summary>
/// Endpoints, references, environment, arguments and order: the names and signatures of Aspire's app-model. What this
/// machine cannot honour (proxies, endpoints for other machines, container lifetimes) is not here, so that it does not compile.
/// </summary>
public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds an HTTP endpoint, as <see cref="WithEndpoint"/>.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env);

    /// <param name="builder">The resource.</param>
    /// <param name="port">On loopback; null: any free one. Where ports are dynamic it is not used.</param>
    /// <param name="targetPort">There is no proxy: where both are given they must be the same.</param>
    /// <param name="scheme">Of its URL; null: <c>tcp</c>.</param>
    /// <param name="name">Null: the scheme.</param>
    /// <param name="env">Names the variable that the resource reads its port from.</param>
    /// <exception cref="DistributedApplicationException">There is one of this name, or the two ports differ.</exception>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpointName = name ?? scheme ?? "tcp";
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.Name == endpointName))
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has an endpoint '{endpointName}'.");
        if (port is not null && targetPort is not null && port != targetPort)
        {
            throw new DistributedApplicationException(
                $"Endpoint '{endpointName}' of resource '{builder.Resource.Name}' has port {port} and target port {targetPort}; there is no proxy here, so they must be the same.");
        }
        return builder.With(new EndpointAnnotation(endpointName, scheme ?? "tcp") { Port = port ?? targetPort, PortVariable = env });
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new EndpointReference(builder.Resource, name);
    }

    /// <summary>Healthy is: GET <paramref name="path"/> gives <paramref name="statusCode"/> (200), on the first HTTP endpoint unless named.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var endpoints = builder.Resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var endpoint = endpointName is null
            ? endpoints.FirstOrDefault(candidate => candidate.UriScheme is "http" or "https")
            : endpoints.FirstOrDefault(candidate => candidate.Name == endpointName);
        if (endpoint is null)
        {
            throw new DistributedApplicationException(
                $"Resource '{builder.Resource.Name}' has no endpoint '{endpointName ?? "http"}' to probe; it has: {string.Join(", ", endpoints.Select(candidate => candidate.Name))}.");
        }
        return builder.With(new HttpHealthCheckAnnotation(path ?? "/", statusCode ?? 200, endpoint.Name));
    }

    /// <summary>Healthy is: so says the check <paramref name="key"/>, which the AppHost adds by <c>builder.Services.AddHealthChecks()</c>.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(key);
        return builder.With(new HealthCheckAnnotation(key));
    }
}
