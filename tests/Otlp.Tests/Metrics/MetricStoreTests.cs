using Microsoft.Extensions.Options;
using StockAspire.Otlp.Metrics;

namespace StockAspire.Otlp.Tests.Metrics;

public sealed class MetricStoreTests
{
    private const long Second = 1_000_000_000;

    /// <summary>A round time, so that steps begin on it.</summary>
    private const long Start = 1_800_000_000 * Second;

    private readonly TelemetryStore _store = new(Options.Create(new TelemetryLimits { MaxMetricsCount = 5_000, MaxSeriesPerInstrument = 3 }));
    private readonly TelemetryResource _shop;

    public MetricStoreTests() => _shop = Process("shop", "i1");

    [Fact]
    public void A_cumulative_counter_gives_rates_and_a_restart_no_negative_one()
    {
        Add("rows", InstrumentKind.Counter, (10, 100), (20, 300));
        Add("rows", InstrumentKind.Counter, start: Start + 22 * Second, (30, 40));
        var line = Assert.Single(Query("rows", steps: 4, window: 40).Lines);

        // 0 to 10 is known by the start; 20 to 22 is unknown, and 40 came in the 8 s after it.
        Assert.Equal([10.0, 20.0, 5.0, null], line.Values);
    }

    [Fact]
    public void Deltas_give_the_same_rates_as_cumulative_points()
    {
        Add("deltas", InstrumentKind.Counter, isDelta: true, Start, null, (10, 100), (20, 200), (30, 0), (40, 50));
        Assert.Equal([10.0, 20.0, 0.0, 5.0], Assert.Single(Query("deltas", steps: 4, window: 40).Lines).Values);
    }

    [Fact]
    public void A_counter_that_first_comes_while_its_process_is_known_was_zero_before()
    {
        var begun = Start - 3600 * Second;
        Add("old", InstrumentKind.Counter, begun, (10, 1_000_000));
        Add("rare", InstrumentKind.Counter, begun, (20, 1));
        Assert.Equal([null, null, null, null], Assert.Single(Query("old", 4, 40).Lines).Values);
        Assert.Equal([null, 0.1, null, null], Assert.Single(Query("rare", 4, 40).Lines).Values);
    }

    [Fact]
    public void Gauges_and_up_down_counters_give_their_last_value()
    {
        Add("load", InstrumentKind.Gauge, (5, 1), (9, 2), (31, 7));
        Add("open", InstrumentKind.UpDownCounter, (9, -4), (39, 4));
        Assert.Equal([2.0, 2.0, 2.0, 7.0], Assert.Single(Query("load", 4, 40).Lines).Values);
        Assert.Equal([-4.0, -4.0, -4.0, 4.0], Query("open", 4, 40).Total!.Values);
        Assert.Null(Query("load", 4, 40).Total);
    }

    [Fact]
    public void The_largest_measurement_ends_its_bucket()
    {
        AddHistogram("time", (10, new Distribution([5, 10], [100, 0, 0], 100, 2, 0.05)), (20, new Distribution([5, 10], [200, 0, 0], 200, 4, 0.05)));
        Assert.Equal(0.025, Query("time", 4, 40).Lines[0].Values[1]!.Value, 9);
    }

    [Fact]
    public void Percentiles_are_of_what_came_in_each_step()
    {
        double[] bounds = [1, 2, 4];
        AddHistogram("time", (10, new Distribution(bounds, [100, 0, 0, 0], 100, 50)), (20, new Distribution(bounds, [100, 100, 0, 0], 200, 200)));
        var view = Query("time", steps: 4, window: 40);
        Assert.Equal(["P50", "P90", "P99"], view.Lines.Select(line => line.Name));
        Assert.Equal([0.5, 1.5, null, null], view.Lines[0].Values);
        Assert.Equal(1.9, view.Lines[1].Values[1]!.Value, 9);
        Assert.Equal([10.0, 10.0, null, null], view.Total!.Values);
    }

    [Fact]
    public void Above_the_last_bound_a_percentile_is_that_bound()
    {
        AddHistogram("time", (10, new Distribution([1], [0, 5], 5, 500)));
        Assert.Equal(1, Query("time", 4, 40).Lines[0].Values[0]);
    }

    [Fact]
    public void Dimensions_filter_series_and_tell_instances_apart()
    {
        var other = Process("shop", "i2");
        foreach (var resource in new[] { _shop, other })
        {
            Add("rows", InstrumentKind.Counter, false, Start, resource, [("kind", "tick")], (10, 100));
            Add("rows", InstrumentKind.Counter, false, Start, resource, [("kind", "bar")], (10, 50));
        }

        var all = Query("rows", 4, 40);
        Assert.Equal(4, all.SeriesCount);
        Assert.Equal(30, all.Total!.Values[0]);
        Assert.Equal(["service.instance.id", "kind"], all.Dimensions.Select(dimension => dimension.Key));
        Assert.Equal(["bar", "tick"], all.Dimensions[1].Values);
        var ticks = Query("rows", 4, 40, ("kind", "tick"));
        Assert.Equal((2, 20.0), (ticks.SeriesCount, ticks.Total!.Values[0]));
        Assert.Equal("i1, kind=tick", Query("rows", 4, 40, ("kind", "tick"), ("service.instance.id", "i1")).Lines.Single().Name);
    }

    [Fact]
    public void Series_past_the_limit_of_an_instrument_are_dropped_and_counted()
    {
        for (var i = 0; i < 5; i++)
        {
            Add("rows", InstrumentKind.Counter, false, Start, _shop, [("id", $"{i}")], (10, 1));
        }

        Assert.Equal(3, Query("rows", 4, 40).SeriesCount);
        Assert.Equal(2, _store.Counts(Signal.Metrics).DroppedByLimit);
    }

    [Fact]
    public void A_value_that_stays_the_same_for_12_hours_is_a_few_points()
    {
        Add("idle", InstrumentKind.Gauge, [.. Enumerable.Range(1, 12 * 3600).Select(second => (second, 5.0))]);
        Assert.InRange(_store.Metrics.Weight, 1, 3);
        Assert.All(Query("idle", 12, 11 * 3600, end: 12 * 3600).Lines.Single().Values, value => Assert.Equal(5, value));
    }

    [Fact]
    public void Twelve_hours_of_seconds_keep_the_last_minute_whole_and_every_step_of_the_rest()
    {
        Add("busy", InstrumentKind.Counter, [.. Enumerable.Range(1, 12 * 3600).Select(second => (second, 3.0 * second))]);
        Assert.InRange(_store.Metrics.Weight, 100, 1_500);
        var minute = Query("busy", 60, 60, end: 12 * 3600 - 1).Lines.Single().Values;
        Assert.All(minute, rate => Assert.Equal(3, rate!.Value, 6));
        var half = Query("busy", 72, 12 * 3600, end: 12 * 3600 - 1).Lines.Single().Values;
        Assert.All(half, rate => Assert.Equal(3, rate!.Value, 6));
    }

    [Fact]
    public void All_points_together_stay_within_the_limit_and_the_newest_stay()
    {
        for (var instrument = 0; instrument < 200; instrument++)
        {
            Add($"metric {instrument}", InstrumentKind.Gauge, [.. Enumerable.Range(1 + instrument, 600).Select(second => (second, (double)second))]);
            Assert.InRange(_store.Metrics.Weight, 1, 5_000);
        }

        Assert.True(_store.Counts(Signal.Metrics).Evicted > 0);
        Assert.NotNull(Find("metric 199", 4, 40, 799));
        Assert.Equal(799, Find("metric 199", 4, 40, 799)!.Lines.Single().Values[^1]);
        Assert.Null(Find("metric 0", 4, 40, 0));
    }

    [Fact]
    public void A_resource_that_is_forgotten_takes_its_metrics_along()
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits { MaxResourceCount = 1 }));
        var first = store.Resources.Intern([new("service.name", AttributeValue.Of("a"))]);
        store.Metrics.Add([new ReceivedMetric(new InstrumentInfo(new InstrumentKey(first, "m", "x"), "", "", InstrumentKind.Gauge), false, [new ReceivedPoint([], new MetricPoint(0, Start, 1, null), [])])]);
        store.Resources.Intern([new("service.name", AttributeValue.Of("b"))]);
        Assert.Empty(store.Metrics.Instruments());
        Assert.Equal(0, store.Metrics.Weight);
    }

    private TelemetryResource Process(string name, string instance) =>
        _store.Resources.Intern([new("service.name", AttributeValue.Of(name)), new("service.instance.id", AttributeValue.Of(instance))]);

    private void Add(string name, InstrumentKind kind, params (int Second, double Value)[] points) => Add(name, kind, Start, points);

    private void Add(string name, InstrumentKind kind, long start, params (int Second, double Value)[] points) =>
        Add(name, kind, false, start, null, points);

    private void Add(string name, InstrumentKind kind, bool isDelta, long start, TelemetryResource? resource, params (int Second, double Value)[] points) =>
        Add(name, kind, isDelta, start, resource ?? _shop, [], points);

    private void Add(
        string name, InstrumentKind kind, bool isDelta, long start, TelemetryResource resource, (string Key, string Value)[] attributes, params (int Second, double Value)[] points)
    {
        TelemetryAttribute[] set = [.. attributes.Select(attribute => new TelemetryAttribute(attribute.Key, AttributeValue.Of(attribute.Value)))];
        var info = new InstrumentInfo(new InstrumentKey(resource, "meter", name), string.Empty, string.Empty, kind);
        foreach (var (second, value) in points)
        {
            _store.Metrics.Add([new ReceivedMetric(info, isDelta, [new ReceivedPoint(set, new MetricPoint(start, Start + second * Second, value, null), [])])]);
        }
    }

    private void AddHistogram(string name, params (int Second, Distribution Distribution)[] points)
    {
        var info = new InstrumentInfo(new InstrumentKey(_shop, "meter", name), string.Empty, "s", InstrumentKind.Histogram);
        foreach (var (second, distribution) in points)
        {
            _store.Metrics.Add([new ReceivedMetric(info, false, [new ReceivedPoint([], new MetricPoint(Start, Start + second * Second, distribution.Count, distribution), [])])]);
        }
    }

    private MetricView Query(string name, int steps, int window, params (string Key, string Value)[] dimensions) =>
        Find(name, steps, window, window - 1, dimensions) ?? throw new InvalidOperationException($"no {name}");

    private MetricView Query(string name, int steps, int window, int end) =>
        Find(name, steps, window, end) ?? throw new InvalidOperationException($"no {name}");

    private MetricView? Find(string name, int steps, int window, int end, params (string Key, string Value)[] dimensions) => _store.Metrics.Query(new MetricQuery
    {
        Resource = "shop",
        Meter = "meter",
        Name = name,
        Steps = steps,
        Window = TimeSpan.FromSeconds(window),
        EndUnixNs = Start + end * Second,
        Dimensions = dimensions.ToDictionary(dimension => dimension.Key, dimension => (IReadOnlySet<string>)new HashSet<string> { dimension.Value }),
    });
}
