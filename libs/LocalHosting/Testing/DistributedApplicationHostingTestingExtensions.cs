using Microsoft.Extensions.DependencyInjection;

namespace StockAspire.LocalHosting.Testing;

/// <summary>Addresses of an application that has been started.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client with the endpoint as its base address; the caller disposes of it.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>Of the first replica; without a name, of the first HTTP endpoint.</summary>
    /// <exception cref="ArgumentException">There is no such resource, or it has no such endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resource = app.Resource(resourceName);
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>()
            .FirstOrDefault(candidate => endpointName is null ? candidate.UriScheme is "http" or "https" : candidate.Name == endpointName)
            ?? throw new ArgumentException($"Resource '{resourceName}' has no endpoint '{endpointName ?? "http"}'.", nameof(endpointName));
        return new Uri(new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name).Url);
    }

    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        app.Resource(resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException($"Resource '{resourceName}' has no connection string.", nameof(resourceName));

    private static IResource Resource(this DistributedApplication app, string name)
    {
        ArgumentNullException.ThrowIfNull(app);
        var resources = app.Services.GetRequiredService<IReadOnlyList<IResource>>();
        return resources.FirstOrDefault(resource => resource.Name == name)
            ?? throw new ArgumentException($"There is no resource '{name}'; there are {string.Join(", ", resources.Select(resource => resource.Name))}.", nameof(name));
    }
}
