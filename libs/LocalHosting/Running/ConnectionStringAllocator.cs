namespace StockAspire.LocalHosting;

/// <summary>Connection strings as they are while the application runs, once all ports are known.</summary>
internal static class ConnectionStringAllocator
{
    internal static async Task AllocateAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken)
    {
        foreach (var resource in resources.OfType<IResourceWithConnectionString>())
        {
            if (await resource.GetConnectionStringAsync(cancellationToken) is { } value)
                resource.Annotations.Add(new Allocated(value));
        }
    }

    /// <summary>Null: the resource has none, none is configured, or the application has not started.</summary>
    internal static string? Of(IResource resource) => resource.Annotations.OfType<Allocated>().LastOrDefault()?.ConnectionString;

    private sealed record Allocated(string ConnectionString) : IResourceAnnotation;
}
