namespace StockAspire.Otlp.Metrics;

/// <summary>What a chart of one instrument shows.</summary>
public sealed record MetricQuery
{
    /// <summary>A service's name for all of its instances, or name and instance; null for whoever has the instrument.</summary>
    public string? Resource { get; init; }

    public required string Meter { get; init; }

    public required string Name { get; init; }

    /// <summary>How far back; more than 12 hours are not kept.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>In ns since the Unix epoch (UTC). The last step is the one that holds it.</summary>
    public required long EndUnixNs { get; init; }

    /// <summary>Values of a line, 1 to 1,000.</summary>
    public int Steps { get; init; } = 60;

    /// <summary>Values of attributes that a series must have one of; an attribute that is not named may be anything.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Dimensions { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    internal bool Wants(InstrumentInfo info) => info.Key.Name == Name && info.Key.Meter == Meter && info.Key.Resource.IsNamed(Resource);
}
