namespace StockAspire.Otlp.Metrics;

/// <summary>A copy of a series, free of its store's lock.</summary>
internal sealed record SeriesSnapshot(
    TelemetryResource Resource, IReadOnlyList<TelemetryAttribute> Attributes, MetricPoint[] Points, Exemplar[] Exemplars)
{
    /// <summary>The name of the dimension that tells several instances of a service apart.</summary>
    public const string Instance = "service.instance.id";

    public string? Dimension(string key) => key == Instance ? Resource.InstanceId : Attributes.Find(key)?.ToString();
}
