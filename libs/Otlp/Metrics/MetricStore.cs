namespace StockAspire.Otlp.Metrics;

/// <summary>
/// The points of every instrument, bounded in all. Thread-safe; readers get copies. Towards the limit resolution is
/// lowered for all series alike; at the lowest, the instruments that have been silent longest go.
/// </summary>
public sealed class MetricStore : SignalStore
{
    private const int ResolutionMax = 128;
    private const int ResolutionMin = 8;

    private readonly Dictionary<InstrumentKey, Instrument> _instruments = [];
    private int _resolution = ResolutionMax;
    private int _weight;

    internal MetricStore(TelemetryLimits limits, SignalCounters counters)
        : base(limits, counters)
    {
    }

    /// <summary>What the limit is compared with: points, and histogram buckets at eight to one.</summary>
    public int Weight
    {
        get
        {
            lock (Sync)
            {
                return _weight;
            }
        }
    }

    /// <summary>By meter and name. All processes' for null; otherwise those whose resource has that name.</summary>
    public IReadOnlyList<InstrumentInfo> Instruments(string? resource = null)
    {
        lock (Sync)
        {
            return [.. _instruments.Values.Select(instrument => instrument.Info)
                .Where(info => info.Key.Resource.IsNamed(resource))
                .OrderBy(info => info.Key.Meter, StringComparer.OrdinalIgnoreCase)
                .ThenBy(info => info.Key.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>Null if no process of that name has the instrument. The series of several instances stand side by side.</summary>
    public MetricView? Query(MetricQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        InstrumentInfo info;
        List<SeriesSnapshot> series = [];
        lock (Sync)
        {
            Instrument[] instruments = [.. _instruments.Values.Where(instrument => query.Wants(instrument.Info))];
            if (instruments.Length == 0)
            {
                return null;
            }

            info = instruments.MaxBy(instrument => instrument.LastUnixNs)!.Info;
            foreach (var instrument in instruments.Where(instrument => instrument.Info.Kind == info.Kind))
            {
                series.AddRange(instrument.Series.Select(each => new SeriesSnapshot(
                    instrument.Info.Key.Resource, each.Attributes, [.. each.Points], [.. each.Exemplars])));
            }
        }

        return MetricViewBuilder.Build(info, series, query);
    }

    /// <summary>Forgets a resource's metrics; all for null.</summary>
    public void Clear(string? resource = null)
    {
        Remove(instrument => instrument.Info.Key.Resource.IsNamed(resource));
        Changes.Set();
    }

    internal void Forget(TelemetryResource resource) => Remove(instrument => instrument.Info.Key.Resource == resource);

    internal void Add(IReadOnlyList<ReceivedMetric> metrics)
    {
        long stored = 0, dropped = 0, evicted = 0;
        lock (Sync)
        {
            foreach (var metric in metrics)
            {
                var instrument = InstrumentOf(metric.Instrument);
                foreach (var (attributes, point, exemplars) in metric.Points)
                {
                    if (SeriesOf(instrument, attributes) is not { } series)
                    {
                        dropped++;
                        continue;
                    }

                    var before = series.Weight;
                    if (series.Add(point, metric.IsDelta, metric.Instrument.Kind, _resolution))
                    {
                        stored++;
                        instrument.Touch(point.TimeUnixNs);
                    }

                    series.Add(exemplars);
                    _weight += series.Weight - before;
                }

                // Not before all points of the metric are in: its instrument may be the one that goes.
                while (_weight > Limits.MaxMetricsCount)
                {
                    evicted += MakeRoom();
                }
            }

            foreach (var metric in metrics.Where(metric => metric.Points.Count > 0))
            {
                var resource = metric.Instrument.Key.Resource;
                resource.LastMetricUnixNs = Math.Max(resource.LastMetricUnixNs, metric.Points.Max(received => received.Point.TimeUnixNs));
            }
        }

        Report(stored, dropped, evicted);
    }

    private MetricSeries? SeriesOf(Instrument instrument, IReadOnlyList<TelemetryAttribute> attributes)
    {
        var before = instrument.Series.Count;
        var series = instrument.SeriesOf(attributes, Limits.MaxSeriesPerInstrument);
        _weight += instrument.Series.Count > before ? series!.Weight : 0;
        return series;
    }

    /// <summary>An instrument that comes back as another kind begins anew.</summary>
    private Instrument InstrumentOf(InstrumentInfo info)
    {
        if (_instruments.TryGetValue(info.Key, out var known))
        {
            if (known.Info.Kind == info.Kind)
            {
                return known;
            }

            _weight -= known.Weight;
        }

        return _instruments[info.Key] = new Instrument(info);
    }

    /// <summary>Returns how many points went.</summary>
    private long MakeRoom()
    {
        if (_resolution > ResolutionMin)
        {
            _resolution /= 2;
            var all = _instruments.Values.SelectMany(instrument => instrument.Series).ToList();
            var before = all.Sum(series => series.Points.Count);
            all.ForEach(series => series.Thin(_resolution));
            _weight = all.Sum(series => series.Weight);
            return before - all.Sum(series => series.Points.Count);
        }

        var silent = _instruments.Values.MinBy(instrument => instrument.LastUnixNs)!;
        _instruments.Remove(silent.Info.Key);
        _weight -= silent.Weight;
        return silent.Series.Sum(series => series.Points.Count);
    }

    private void Remove(Predicate<Instrument> condition)
    {
        lock (Sync)
        {
            foreach (var instrument in _instruments.Values.Where(condition.Invoke).ToList())
            {
                _instruments.Remove(instrument.Info.Key);
                _weight -= instrument.Weight;
            }
        }
    }
}
