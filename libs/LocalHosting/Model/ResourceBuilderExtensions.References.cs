namespace StockAspire.LocalHosting;

/// <summary>What a resource is told about others.</summary>
public static partial class ResourceBuilderExtensions
{
    /// <summary>
    /// Hands on a connection string as <c>ConnectionStrings__NAME</c>, and its parts as <c>NAME_PART</c>. One that is
    /// not configured is left out where <paramref name="optional"/>, and an error where not.
    /// </summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            context.EnvironmentVariables[$"ConnectionStrings__{name}"] = new ConnectionStringReference(resource, optional);
            foreach (var (part, value) in resource.GetConnectionProperties())
                context.EnvironmentVariables[$"{ResourceName.ForEnvironment(name)}_{part.ToUpperInvariant()}"] = value;
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
        return builder.WithReference(source, source.Resource.Name);
    }

    /// <summary>As the one without <paramref name="name"/>, under another name than the resource's.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        return builder.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
                AddServiceDiscovery(context, name, new EndpointReference(resource, endpoint.Name));
        });
    }

    /// <summary>Hands on one endpoint, as a reference to its whole resource does.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, EndpointReference endpointReference)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        return builder.WithReferenceRelationship(endpointReference.Resource)
            .WithEnvironment(context => AddServiceDiscovery(context, endpointReference.Resource.Name, endpointReference));
    }

    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> resourceBuilder)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resourceBuilder);
        return builder.WithReferenceRelationship(resourceBuilder.Resource);
    }

    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource =>
        builder.WithRelationship(resource, "Reference");

    /// <summary>Shows this resource below another.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(parent);
        return builder.WithParentRelationship(parent.Resource);
    }

    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource =>
        builder.WithRelationship(parent, "Parent");

    /// <summary>An edge in the dashboard's graph; nothing else comes of it.</summary>
    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(type);
        return builder.With(new ResourceRelationshipAnnotation(resource, type));
    }

    private static void AddServiceDiscovery(EnvironmentCallbackContext context, string name, EndpointReference endpoint)
    {
        var key = $"services__{name}__{endpoint.EndpointName}__";
        context.EnvironmentVariables[$"{ResourceName.ForEnvironment(name)}_{ResourceName.ForEnvironment(endpoint.EndpointName)}"] = endpoint;
        context.EnvironmentVariables[key + "0"] = endpoint;
        for (var replica = 1; replica < endpoint.Annotation.AllocatedPorts.Count; replica++)
            context.EnvironmentVariables[key + replica.ToString(System.Globalization.CultureInfo.InvariantCulture)] = endpoint.Annotation.UrlOf(replica);
    }

    /// <summary>A connection string as a value of one who needs it, or who can do without.</summary>
    private sealed class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => resource.ValueExpression;

        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            var value = await resource.GetConnectionStringAsync(cancellationToken);
            return value is not null || optional
                ? value
                : throw new DistributedApplicationException($"Connection string '{resource.Name}' is missing; set ConnectionStrings:{resource.Name}.");
        }
    }
}
