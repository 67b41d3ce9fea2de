using System.Collections.Immutable;
using Aspire.DashboardService.Proto.V1;
using StockAspire.Dashboard.Live;

namespace StockAspire.Dashboard.Resources;

/// <summary>The resources as last heard, and whether the AppHost is there. One writer, any number of readers.</summary>
internal sealed class ResourceFeed(TimeProvider time)
{
    /// <summary>More would not be the resources of an application; whatever comes beyond is left out.</summary>
    public const int ResourcesMax = 2_000;

    private volatile ImmutableDictionary<string, Resource> _resources = ImmutableDictionary<string, Resource>.Empty;
    private volatile Connection _connection = new(ConnectionState.None, time.GetUtcNow());
    private volatile string? _applicationName;

    public ChangeSignal Changed { get; } = new();

    public Connection Connection => _connection;

    /// <summary>Null until the AppHost has told it.</summary>
    public string? ApplicationName => _applicationName;

    /// <summary>By display name, then name; without hidden ones.</summary>
    public IReadOnlyList<ResourceView> Resources
    {
        get
        {
            var resources = _resources.Values.Where(resource => !resource.IsHidden).ToList();
            var shared = resources.GroupBy(DisplayName).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
            return [.. resources.Select(resource => new ResourceView(resource, shared.Contains(DisplayName(resource)) ? resource.Name : DisplayName(resource)))
                .OrderBy(view => view.Title, StringComparer.OrdinalIgnoreCase)];
        }
    }

    public void Connecting() => Set(new Connection(ConnectionState.Connecting, time.GetUtcNow()));

    public void Lost(string reason) => Set(_connection.Lose(time.GetUtcNow(), reason));

    public void Named(string applicationName)
    {
        _applicationName = applicationName;
        Changed.Raise();
    }

    public void Apply(WatchResourcesUpdate update)
    {
        _resources = update.KindCase switch
        {
            WatchResourcesUpdate.KindOneofCase.InitialData => ImmutableDictionary.CreateRange(
                update.InitialData.Resources.Take(ResourcesMax).DistinctBy(resource => resource.Name)
                    .Select(resource => KeyValuePair.Create(resource.Name, resource))),
            WatchResourcesUpdate.KindOneofCase.Changes => update.Changes.Value.Aggregate(_resources, Apply),
            _ => _resources,
        };
        Set(_connection.Succeed(time.GetUtcNow()));
    }

    private static ImmutableDictionary<string, Resource> Apply(ImmutableDictionary<string, Resource> resources, WatchResourcesChange change) => change.KindCase switch
    {
        WatchResourcesChange.KindOneofCase.Delete => resources.Remove(change.Delete.ResourceName),
        WatchResourcesChange.KindOneofCase.Upsert when resources.Count < ResourcesMax || resources.ContainsKey(change.Upsert.Name) =>
            resources.SetItem(change.Upsert.Name, change.Upsert),
        _ => resources,
    };

    private static string DisplayName(Resource resource) => resource.DisplayName.Length > 0 ? resource.DisplayName : resource.Name;

    private void Set(Connection connection)
    {
        _connection = connection;
        Changed.Raise();
    }
}
