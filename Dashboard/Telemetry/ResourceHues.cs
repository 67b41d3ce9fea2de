using System.Collections.Concurrent;

namespace StockAspire.Dashboard.Telemetry;

/// <summary>A colour for each service, the same on all pages and for all viewers: CSS classes hue-0 to hue-9. Thread-safe.</summary>
internal sealed class ResourceHues
{
    private const int Hues = 10;

    /// <summary>Beyond, colours repeat without being remembered.</summary>
    private const int NamesMax = 1_000;

    private readonly ConcurrentDictionary<string, int> _hues = new(StringComparer.Ordinal);

    public string ClassOf(string service) =>
        $"hue-{(_hues.Count < NamesMax ? _hues.GetOrAdd(service, _ => _hues.Count) : _hues.GetValueOrDefault(service)) % Hues}";
}
