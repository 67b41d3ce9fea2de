using System.Text;

namespace StockAspire.Otlp.Metrics;

/// <summary>An instrument and its series. Guarded by its store's lock.</summary>
internal sealed class Instrument(InstrumentInfo info)
{
    private readonly Dictionary<string, MetricSeries> _series = [];

    public InstrumentInfo Info { get; } = info;

    public IReadOnlyCollection<MetricSeries> Series => _series.Values;

    public long LastUnixNs { get; private set; }

    public int Weight => _series.Values.Sum(series => series.Weight);

    /// <summary>Null where a new series would be one too many.</summary>
    public MetricSeries? SeriesOf(IReadOnlyList<TelemetryAttribute> attributes, int seriesMax)
    {
        var key = KeyOf(attributes);
        if (!_series.TryGetValue(key, out var series) && _series.Count < seriesMax)
        {
            _series[key] = series = new MetricSeries(attributes, key.Length, Info.Key.Resource.LastMetricUnixNs);
        }

        return series;
    }

    public void Touch(long timeUnixNs) => LastUnixNs = Math.Max(LastUnixNs, timeUnixNs);

    /// <summary>Attributes are a set: their order must not matter. Lengths keep what a value holds from ending it.</summary>
    private static string KeyOf(IReadOnlyList<TelemetryAttribute> attributes)
    {
        if (attributes.Count == 0)
        {
            return string.Empty;
        }

        var key = new StringBuilder();
        foreach (var attribute in attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            var value = attribute.Value.ToString();
            key.Append(attribute.Key.Length).Append(':').Append(attribute.Key).Append(value.Length).Append(':').Append(value);
        }

        return key.ToString();
    }
}
