namespace StockAspire.Otlp.Metrics;

/// <summary>Folds the series of an instrument into the lines of a chart.</summary>
internal static class MetricViewBuilder
{
    private const int LinesMax = 10;
    private const int DimensionValuesMax = 200;
    private const int ExemplarsMax = 200;

    private static readonly (string Name, double Share)[] Percentiles = [("P50", 0.50), ("P90", 0.90), ("P99", 0.99)];

    public static MetricView Build(InstrumentInfo info, IReadOnlyList<SeriesSnapshot> series, MetricQuery query)
    {
        var grid = new StepGrid(query);
        var chosen = series.Where(each => query.Dimensions.All(dimension => dimension.Value.Contains(each.Dimension(dimension.Key) ?? string.Empty))).ToList();
        var areInstances = series.Select(each => each.Resource).Distinct().Count() > 1;
        var (lines, total) = info.Kind == InstrumentKind.Histogram ? Histogram(chosen, grid) : Series(info, chosen, grid, areInstances);
        return new MetricView(info, grid.Ends, lines, total, chosen.Count, Dimensions(series, areInstances), Exemplars(chosen, grid),
            chosen.Where(each => each.Points.Length > 0).Select(each => each.Points[^1].TimeUnixNs).DefaultIfEmpty().Max());
    }

    private static (IReadOnlyList<MetricLine>, MetricLine?) Series(InstrumentInfo info, List<SeriesSnapshot> series, StepGrid grid, bool areInstances)
    {
        var lines = series.ConvertAll(each => new MetricLine(
            Label(info, each, areInstances),
            info.Kind == InstrumentKind.Counter ? SeriesMath.Rates(each.Points, grid) : SeriesMath.Values(each.Points, grid)));
        var total = info.Kind == InstrumentKind.Gauge || lines.Count == 0 ? null : new MetricLine("total", Sum(lines, grid.Ends.Count));
        return ([.. lines.OrderByDescending(line => line.Values.Average() ?? double.MinValue).ThenBy(line => line.Name, StringComparer.Ordinal).Take(LinesMax)], total);
    }

    private static (IReadOnlyList<MetricLine>, MetricLine?) Histogram(List<SeriesSnapshot> series, StepGrid grid)
    {
        // Bounds differ only where a process was changed: the newest ones count.
        var bounds = series.Where(each => each.Points.Length > 0).MaxBy(each => each.Points[^1].TimeUnixNs)?.Points[^1].Distribution?.Bounds;
        if (bounds is null)
        {
            return ([], null);
        }

        double[][] buckets = [.. grid.Ends.Select(_ => new double[bounds.Length + 1])];
        foreach (var each in series)
        {
            SeriesMath.AddBuckets(each.Points, grid, bounds, buckets);
        }

        var max = series.SelectMany(each => each.Points).Max(point => point.Distribution?.Max ?? double.PositiveInfinity);
        var rates = series.ConvertAll(each => new MetricLine(string.Empty, SeriesMath.Rates(each.Points, grid)));
        return (
            [.. Percentiles.Select(percentile => new MetricLine(
                percentile.Name,
                [.. buckets.Select(step => SeriesMath.Percentile(bounds, step, percentile.Share, max))]))],
            new MetricLine("measurements/s", Sum(rates, grid.Ends.Count)));
    }

    /// <summary>Null only where no line has a value.</summary>
    private static double?[] Sum(List<MetricLine> lines, int steps) =>
        [.. Enumerable.Range(0, steps).Select(step => lines.Aggregate((double?)null, (sum, line) => line.Values[step] is { } value ? (sum ?? 0) + value : sum))];

    private static string Label(InstrumentInfo info, SeriesSnapshot series, bool areInstances)
    {
        var parts = series.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}");
        var label = string.Join(", ", areInstances ? parts.Prepend(series.Resource.InstanceId) : parts);
        return label.Length == 0 ? info.Key.Name : label;
    }

    private static IReadOnlyList<MetricDimension> Dimensions(IReadOnlyList<SeriesSnapshot> series, bool areInstances)
    {
        var keys = series.SelectMany(each => each.Attributes).Select(attribute => attribute.Key).Distinct().Order(StringComparer.Ordinal);
        return [.. (areInstances ? keys.Prepend(SeriesSnapshot.Instance) : keys).Select(key => new MetricDimension(
            key,
            [.. series.Select(each => each.Dimension(key) ?? string.Empty).Distinct().Order(StringComparer.Ordinal).Take(DimensionValuesMax)]))];
    }

    private static IReadOnlyList<Exemplar> Exemplars(IEnumerable<SeriesSnapshot> series, StepGrid grid) =>
        [.. series.SelectMany(each => each.Exemplars).Where(exemplar => grid.Contains(exemplar.TimeUnixNs))
            .OrderByDescending(exemplar => exemplar.TimeUnixNs).Take(ExemplarsMax)];
}
