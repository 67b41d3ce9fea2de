using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StockAspire.LocalHosting;

/// <summary>A port that a resource listens on. Replicas share the endpoint and have a port each.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    internal EndpointAnnotation(string name, string uriScheme)
    {
        Name = name;
        UriScheme = uriScheme;
    }

    public string Name { get; }

    public string UriScheme { get; }

    /// <summary>The first replica's port when ports are fixed; null: any free one.</summary>
    public int? Port { get; internal init; }

    /// <summary>Loopback only: the local flavour is for one machine.</summary>
    internal string Host { get; init; } = "127.0.0.1";

    /// <summary>For the manifest: <c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    [AllowNull]
    internal string Transport { get => field ?? (UriScheme is "http" or "https" ? "http" : "tcp"); init; }

    /// <summary>An environment variable that the resource reads its own port from.</summary>
    internal string? PortVariable { get; init; }

    /// <summary>Set where the endpoint is known from <c>Kestrel:Endpoints</c> in the project's appsettings.json.</summary>
    internal bool IsKestrel { get; init; }

    /// <summary>By replica; empty until the application starts.</summary>
    internal List<int> AllocatedPorts { get; } = [];

    internal string UrlOf(int replica) =>
        string.Create(CultureInfo.InvariantCulture, $"{UriScheme}://{Host}:{AllocatedPorts[replica]}");
}

public enum EndpointProperty
{
    Url = 0,
    Host = 1,
    Port = 3,
    Scheme = 4,

    /// <summary>The same as <see cref="Port"/> on this machine: there is no proxy in front.</summary>
    TargetPort = 5,
    HostAndPort = 6,
}

/// <summary>
/// A resource's endpoint by name, for others to refer to before its port is known. As a value it is the URL. With
/// replicas: the first one's.
/// </summary>
public sealed class EndpointReference : IValueProvider, IManifestExpressionProvider
{
    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(endpointName);
        Resource = owner;
        EndpointName = endpointName;
    }

    public IResourceWithEndpoints Resource { get; }

    public string EndpointName { get; }

    public bool Exists => Find() is not null;

    public bool IsAllocated => Annotation.AllocatedPorts.Count > 0;

    public bool IsHttp => Scheme == "http";

    public string Scheme => Annotation.UriScheme;

    public string Host => Annotation.Host;

    public int Port => IsAllocated ? Annotation.AllocatedPorts[0] : throw NotAllocated();

    public string Url => IsAllocated ? Annotation.UrlOf(0) : throw NotAllocated();

    string IManifestExpressionProvider.ValueExpression => Property(EndpointProperty.Url).ValueExpression;

    /// <exception cref="DistributedApplicationException">The resource has no endpoint of this name.</exception>
    internal EndpointAnnotation Annotation =>
        Find() ?? throw new DistributedApplicationException(
            $"Resource '{Resource.Name}' has no endpoint '{EndpointName}'; it has: {string.Join(", ", Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Name))}.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);

    private EndpointAnnotation? Find() =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == EndpointName);

    private InvalidOperationException NotAllocated() =>
        new($"The port of endpoint '{EndpointName}' of resource '{Resource.Name}' is known only once the application starts.");
}

/// <summary>One part of an endpoint's address.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    : IValueProvider, IManifestExpressionProvider
{
    public EndpointReference Endpoint { get; } = endpointReference;

    public EndpointProperty Property { get; } = property;

    public string ValueExpression => Property switch
    {
        EndpointProperty.HostAndPort => Expression("host") + ":" + Expression("port"),
        EndpointProperty.Url => Expression("url"),
        EndpointProperty.Host => Expression("host"),
        EndpointProperty.Port => Expression("port"),
        EndpointProperty.Scheme => Expression("scheme"),
        EndpointProperty.TargetPort => Expression("targetPort"),
        _ => throw new InvalidOperationException($"An endpoint has no property {Property}."),
    };

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Property switch
    {
        EndpointProperty.HostAndPort => string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Host}:{Endpoint.Port}"),
        EndpointProperty.Url => Endpoint.Url,
        EndpointProperty.Host => Endpoint.Host,
        EndpointProperty.Port or EndpointProperty.TargetPort => Endpoint.Port.ToString(CultureInfo.InvariantCulture),
        EndpointProperty.Scheme => Endpoint.Scheme,
        _ => throw new InvalidOperationException($"An endpoint has no property {Property}."),
    });

    private string Expression(string part) => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{part}}}";
}
