namespace StockAspire.Otlp.Metrics;

/// <summary>
/// The points of an instrument for one combination of attributes, in order of time. Guarded by its store's lock.
/// <para>
/// Two things keep it short. A value that stays the same is one point that moves on, behind the first of its run. And
/// resolution falls with age: among points of age a, one per a/resolution stays, so that 12 hours of seconds take some
/// hundreds of points and the last minute is whole. Cumulative values lose nothing but resolution by that.
/// </para>
/// </summary>
/// <param name="attributes">What all points share.</param>
/// <param name="attributesLength">Characters of the attributes, which weigh too.</param>
/// <param name="zeroUnixNs">When the process last sent metrics without this series; 0 if never.</param>
internal sealed class MetricSeries(IReadOnlyList<TelemetryAttribute> attributes, int attributesLength, long zeroUnixNs)
{
    /// <summary>The longest window that is shown.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(12);

    private const int ExemplarsMax = 20;
    private const int ThinningBegins = 64;

    /// <summary>Processes export once a minute at the slowest that is usual; what is longer ago is no baseline.</summary>
    private static readonly TimeSpan ExportIntervalMax = TimeSpan.FromMinutes(2);

    private readonly List<MetricPoint> _points = [];
    private readonly Queue<Exemplar> _exemplars = new();
    private readonly int _fixedWeight = attributesLength / Exemplar.CharsPerWeight;
    private int _pointsWeight;
    private int _exemplarsWeight;
    private int _thinnedAt = ThinningBegins;

    public IReadOnlyList<TelemetryAttribute> Attributes { get; } = attributes;

    public IReadOnlyList<MetricPoint> Points => _points;

    public IEnumerable<Exemplar> Exemplars => _exemplars;

    /// <summary>Points, exemplars and attributes by what they take in memory.</summary>
    public int Weight => _fixedWeight + _pointsWeight + _exemplarsWeight;

    public long LastUnixNs => _points.Count == 0 ? 0 : _points[^1].TimeUnixNs;

    /// <summary>False for a point that is not after the last one: one that was sent twice.</summary>
    public bool Add(MetricPoint point, bool isDelta, InstrumentKind kind, int resolution)
    {
        if (_points.Count > 0)
        {
            var last = _points[^1];
            if (point.TimeUnixNs <= last.TimeUnixNs)
            {
                return false;
            }

            point = ShareBounds(isDelta ? Accumulate(last, point) : point, last);
            if (_points.Count > 1 && IsSame(_points[^2], last) && IsSame(last, point))
            {
                _points[^1] = point;
                return true;
            }
        }

        if (_points.Count == 0 && kind is InstrumentKind.Counter or InstrumentKind.Histogram)
        {
            AddZero(point);
        }

        _points.Add(point);
        _pointsWeight += point.Weight;
        if (_points.Count >= _thinnedAt)
        {
            Thin(resolution);
        }

        return true;
    }

    public void Add(IReadOnlyList<Exemplar> exemplars)
    {
        foreach (var exemplar in exemplars)
        {
            // A cumulative exporter may repeat an exemplar until a new one takes its place.
            if (_exemplars.Any(known => known.TimeUnixNs == exemplar.TimeUnixNs && known.SpanId == exemplar.SpanId))
            {
                continue;
            }

            if (_exemplars.Count == ExemplarsMax)
            {
                _exemplarsWeight -= _exemplars.Dequeue().Weight;
            }

            _exemplars.Enqueue(exemplar);
            _exemplarsWeight += exemplar.Weight;
        }
    }

    /// <summary>Drops what is too old, and among the rest what is closer to its neighbours than its age allows.</summary>
    public void Thin(int resolution)
    {
        var now = LastUnixNs;
        var kept = new List<MetricPoint>(_points.Count);
        for (var i = 0; i < _points.Count; i++)
        {
            var point = _points[i];
            var age = now - point.TimeUnixNs;
            if (age > AgeMax.Ticks * TimeSpan.NanosecondsPerTick)
            {
                continue;
            }

            // A run's two ends belong together, and so do the two sides of a restart.
            var isDispensable = kept.Count > 0 && i < _points.Count - 1 &&
                _points[i + 1].TimeUnixNs - kept[^1].TimeUnixNs <= age / resolution &&
                _points[i + 1].StartUnixNs == point.StartUnixNs && kept[^1].StartUnixNs == point.StartUnixNs;
            if (!isDispensable)
            {
                kept.Add(point);
            }
        }

        _points.Clear();
        _points.AddRange(kept);
        _pointsWeight = _points.Sum(point => point.Weight);
        _thinnedAt = Math.Max(ThinningBegins, _points.Count + _points.Count / 4);
    }

    /// <summary>Without a baseline the first count of a rare event would be no increase.</summary>
    private void AddZero(MetricPoint first)
    {
        // An exporter may send what it measured at one time in several messages.
        var zeroAt = zeroUnixNs < first.TimeUnixNs ? Math.Max(first.StartUnixNs, zeroUnixNs) : first.StartUnixNs;
        if (zeroAt < first.TimeUnixNs && first.TimeUnixNs - zeroAt <= ExportIntervalMax.Ticks * TimeSpan.NanosecondsPerTick)
        {
            var zero = new MetricPoint(first.StartUnixNs, zeroAt, 0, first.Distribution?.Zero());
            _points.Add(zero);
            _pointsWeight += zero.Weight;
        }
    }

    private static MetricPoint Accumulate(MetricPoint last, MetricPoint delta)
    {
        if (delta.Distribution is not { } added)
        {
            return delta with { StartUnixNs = last.StartUnixNs, Value = last.Value + delta.Value };
        }

        // Other bounds than before: counting begins again.
        return last.Distribution is { } total && total.HasBoundsOf(added)
            ? new MetricPoint(last.StartUnixNs, delta.TimeUnixNs, last.Value + delta.Value, total.Plus(added))
            : delta;
    }

    private static MetricPoint ShareBounds(MetricPoint point, MetricPoint last) =>
        point.Distribution is { } mine && last.Distribution is { } its && mine.HasBoundsOf(its)
            ? point with { Distribution = mine with { Bounds = its.Bounds } }
            : point;

    private static bool IsSame(MetricPoint left, MetricPoint right) =>
        left.StartUnixNs == right.StartUnixNs && left.Value.Equals(right.Value) &&
        left.Distribution?.Sum == right.Distribution?.Sum && left.Distribution?.Count == right.Distribution?.Count;
}
