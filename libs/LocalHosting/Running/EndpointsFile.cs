using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StockAspire.LocalHosting;

/// <summary>
/// <c>endpoints.json</c>: where everything is, for the CLI and for scripts, while the application runs. Readers never
/// see half of it: each version replaces the one before by a rename. It holds the keys of this run, so only its owner
/// can read it; users and passwords of connection strings are not in it. Not thread-safe.
/// </summary>
internal sealed class EndpointsFile(string dataDirectory)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _path = System.IO.Path.Combine(dataDirectory, "endpoints.json");

    internal string Path => _path;

    /// <param name="resources">All of the application.</param>
    /// <param name="pids">By instance name, of those that run now.</param>
    /// <param name="ready">Everything has been healthy once.</param>
    /// <param name="dashboard">The login URL; null without a dashboard.</param>
    /// <param name="service">What a dashboard of another kind can attach to; null before it listens.</param>
    internal void Write(
        IEnumerable<IResource> resources, IReadOnlyDictionary<string, int> pids, bool ready, string? dashboard, ResourceServiceHost? service)
    {
        var root = new JsonObject { ["pid"] = Environment.ProcessId, ["ready"] = ready };
        foreach (var resource in resources)
        {
            if (resource is IResourceWithConnectionString)
                root[resource.Name] = ConnectionStringAllocator.Of(resource) is { } connectionString ? Secrets.Mask(connectionString) : null;
            else
                AddEndpoints(root, resource);
        }
        root["dashboard"] = dashboard;
        root["resourceService"] = service is null ? null : new JsonObject { ["url"] = service.Url, ["apiKey"] = service.ApiKey };
        root["pids"] = new JsonObject(pids.Select(pid => KeyValuePair.Create(pid.Key, (JsonNode?)pid.Value)));

        var fresh = _path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(fresh, options))
            writer.Write(root.ToJsonString(Indented));
        File.Move(fresh, _path, overwrite: true);
    }

    internal void Delete() => File.Delete(_path);

    /// <summary>The children of a run whose orchestrator was killed: of the file that it could not delete.</summary>
    internal IReadOnlyList<int> PidsOfLastRun()
    {
        if (!File.Exists(_path))
            return [];
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(_path));
            return [.. document.RootElement.GetProperty("pids").EnumerateObject().Select(pid => pid.Value.GetInt32())];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DistributedApplicationException(
                string.Create(CultureInfo.InvariantCulture, $"{_path} is not one that an AppHost has written ({exception.Message}); delete it."));
        }
    }

    /// <summary>One object for each replica, under the name that it has among the pids too.</summary>
    private static void AddEndpoints(JsonObject root, IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var replicas = endpoints.Select(endpoint => endpoint.AllocatedPorts.Count).DefaultIfEmpty().Max();
        for (var replica = 0; replica < replicas; replica++)
        {
            var urls = new JsonObject();
            foreach (var endpoint in endpoints)
                urls[endpoint.Name] = endpoint.UrlOf(replica);
            root[ResourceInstance.NameOf(resource.Name, replica)] = urls;
        }
    }
}
