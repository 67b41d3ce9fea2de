namespace StockAspire.Otlp;

/// <summary>
/// The processes that have sent telemetry. Bounded: at the limit the one that has been silent longest is forgotten, so
/// that a process that restarts for ever under new instance ids costs nothing more. Thread-safe.
/// </summary>
public sealed class ResourceTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string Instance), TelemetryResource> _resources = [];
    private readonly int _max;
    private long _uses;

    internal ResourceTable(int max) => _max = max;

    /// <summary>Ordered by service name and instance.</summary>
    public IReadOnlyList<TelemetryResource> Snapshot()
    {
        lock (_lock)
        {
            return [.. _resources.Values.OrderBy(resource => resource.ServiceName, StringComparer.Ordinal)
                .ThenBy(resource => resource.InstanceId, StringComparer.Ordinal)];
        }
    }

    /// <summary>The service name where one instance has it, otherwise name and instance.</summary>
    public string DisplayName(TelemetryResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        lock (_lock)
        {
            return _resources.Keys.Count(key => key.Name == resource.ServiceName) > 1 ? resource.ToString() : resource.ServiceName;
        }
    }

    /// <summary>Raised, outside the lock, with a resource that is forgotten.</summary>
    internal event Action<TelemetryResource>? Forgotten;

    internal TelemetryResource Intern(IReadOnlyList<TelemetryAttribute> attributes)
    {
        var key = (Text(attributes, "service.name", "unknown_service"), Text(attributes, "service.instance.id", string.Empty));
        TelemetryResource? silent = null;
        TelemetryResource? found;
        lock (_lock)
        {
            if (!_resources.TryGetValue(key, out found))
            {
                if (_resources.Count == _max)
                {
                    silent = _resources.Values.MinBy(resource => resource.LastSeen)!;
                    _resources.Remove((silent.ServiceName, silent.InstanceId));
                }

                _resources[key] = found = new TelemetryResource(key.Item1, key.Item2, attributes);
            }

            found.LastSeen = ++_uses;
        }

        if (silent is not null)
        {
            Forgotten?.Invoke(silent);
        }

        return found;
    }

    private static string Text(IReadOnlyList<TelemetryAttribute> attributes, string key, string fallback)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key == key && attribute.Value.ToString() is { Length: > 0 } text)
            {
                return text;
            }
        }

        return fallback;
    }
}
