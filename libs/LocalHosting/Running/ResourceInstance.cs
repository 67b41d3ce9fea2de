using System.Globalization;
using System.Security.Cryptography;

namespace StockAspire.LocalHosting;

/// <summary>One process of a resource.</summary>
internal sealed class ResourceInstance(IProcessResource resource, int replica)
{
    private const string IdLetters = "abcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 8;

    internal IProcessResource Resource { get; } = resource;

    /// <summary>0-based.</summary>
    internal int Replica { get; } = replica;

    internal string Name { get; } = NameOf(resource.Name, replica);

    /// <summary>Tells this process's telemetry from its siblings'; new for each run of the application.</summary>
    internal string InstanceId { get; init; } = RandomNumberGenerator.GetString(IdLetters, IdLength);

    internal IEnumerable<EndpointAnnotation> Endpoints => Resource.Annotations.OfType<EndpointAnnotation>();

    /// <summary><c>ingest</c>; the second replica is <c>ingest-2</c>.</summary>
    internal static string NameOf(string resource, int replica) =>
        replica == 0 ? resource : string.Create(CultureInfo.InvariantCulture, $"{resource}-{replica + 1}");

    internal static IReadOnlyList<ResourceInstance> Of(IEnumerable<IResource> resources) =>
        [.. resources.OfType<IProcessResource>().SelectMany(Expand)];

    private static IEnumerable<ResourceInstance> Expand(IProcessResource resource)
    {
        var replicas = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        return Enumerable.Range(0, replicas).Select(replica => new ResourceInstance(resource, replica));
    }
}
