using System.Globalization;

namespace StockAspire.LocalHosting;

/// <summary>A port that a resource listens on. Replicas share the endpoint and have a port each.</summary>
public sealed class EndpointAnnotation(string name, string uriScheme) : IResourceAnnotation
{
    public string Name { get; } = name;

    public string UriScheme { get; } = uriScheme;

    /// <summary>Loopback only: the local flavour is for one machine.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The first replica's port when ports are fixed; null: any free one.</summary>
    public int? Port { get; set; }

    /// <summary>An environment variable that the resource reads its own port from.</summary>
    public string? PortVariable { get; init; }

    /// <summary>Set where the endpoint is known from <c>Kestrel:Endpoints</c> in the project's appsettings.json.</summary>
    internal bool IsKestrel { get; init; }

    /// <summary>By replica; empty until the application starts.</summary>
    internal List<int> AllocatedPorts { get; } = [];

    internal string UrlOf(int replica) =>
        string.Create(CultureInfo.InvariantCulture, $"{UriScheme}://{Host}:{AllocatedPorts[replica]}");
}

/// <summary>A resource's endpoint by name, for others to refer to before its port is known. With replicas: the first.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName)
{
    public IResourceWithEndpoints Resource { get; } = owner;

    public string EndpointName { get; } = endpointName;

    public bool IsAllocated => Annotation.AllocatedPorts.Count > 0;

    public string Host => Annotation.Host;

    public int Port => IsAllocated ? Annotation.AllocatedPorts[0] : throw NotAllocated();

    public string Url => IsAllocated ? Annotation.UrlOf(0) : throw NotAllocated();

    private EndpointAnnotation Annotation =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name == EndpointName)
        ?? throw new DistributedApplicationException($"Resource '{Resource.Name}' has no endpoint '{EndpointName}'.");

    private InvalidOperationException NotAllocated() =>
        new($"The port of endpoint '{EndpointName}' of resource '{Resource.Name}' is known only once the application starts.");
}
