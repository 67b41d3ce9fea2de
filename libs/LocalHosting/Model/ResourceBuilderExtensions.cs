namespace StockAspire.LocalHosting;

/// <summary>Endpoints, references, environment, arguments and order: the names and signatures of Aspire's app-model.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Adds an HTTP endpoint. <paramref name="targetPort"/> counts where <paramref name="port"/> is not given: there is no proxy.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool isProxied = true)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>
    /// Adds an endpoint on loopback. <paramref name="env"/> names the variable that the resource reads its port from.
    /// Nothing is proxied or reachable from elsewhere here, whatever <paramref name="isProxied"/> and
    /// <paramref name="isExternal"/> say.
    /// </summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null,
        string? env = null, bool isProxied = true, bool? isExternal = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = (isProxied, isExternal);
        var endpointName = name ?? scheme ?? "tcp";
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.Name == endpointName))
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has an endpoint '{endpointName}'.");
        return builder.With(new EndpointAnnotation(endpointName, scheme ?? "tcp") { Port = port ?? targetPort, PortVariable = env });
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return new EndpointReference(builder.Resource, name);
    }

    /// <summary>Hands on a connection string as <c>ConnectionStrings__NAME</c>, and its parts as <c>NAME_PART</c>.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        _ = optional;
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"ConnectionStrings__{name}"] = resource.ConnectionString;
            foreach (var (part, value) in resource.ConnectionProperties)
                context.EnvironmentVariables[$"{ResourceName.ForEnvironment(name)}_{part}"] = value;
        });
    }

    /// <summary>
    /// Hands on every endpoint of a service, for service discovery: <c>services__NAME__ENDPOINT__INDEX</c>, one index
    /// for each replica, and <c>NAME_ENDPOINT</c> for the first.
    /// </summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        return builder.WithEnvironment(context =>
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                context.EnvironmentVariables[$"{ResourceName.ForEnvironment(resource.Name)}_{ResourceName.ForEnvironment(endpoint.Name)}"] = endpoint.UrlOf(0);
                for (var replica = 0; replica < endpoint.AllocatedPorts.Count; replica++)
                    context.EnvironmentVariables[$"services__{resource.Name}__{endpoint.Name}__{replica}"] = endpoint.UrlOf(replica);
            }
        });
    }

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = value ?? "");

    /// <summary>Gives the endpoint's URL.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment =>
        builder.WithEnvironment(context => context.EnvironmentVariables[name] = endpointReference);

    /// <summary>Called at every start of the resource, when all ports are known; later calls override earlier ones.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback)
        where T : IResourceWithEnvironment =>
        builder.With(new EnvironmentCallbackAnnotation(callback));

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs =>
        builder.With(new CommandLineArgsAnnotation(args));

    /// <summary>Starts this resource only when the other is healthy, and stops it before the other.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(dependency);
        return builder.With(new WaitAnnotation(dependency.Resource));
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
}
