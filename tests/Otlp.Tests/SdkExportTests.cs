using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using StockAspire.Otlp.Logs;
using StockAspire.Otlp.Metrics;
using StockAspire.Otlp.Receiving;
using StockAspire.Otlp.Traces;
using SpanKind = StockAspire.Otlp.Traces.SpanKind;

namespace StockAspire.Otlp.Tests;

/// <summary>What the OpenTelemetry SDK sends is what comes out, by either transport.</summary>
public sealed class SdkExportTests
{
    public static TheoryData<OtlpExportProtocol> Protocols => [OtlpExportProtocol.Grpc, OtlpExportProtocol.HttpProtobuf];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_trace_comes_out_as_it_went_in(OtlpExportProtocol protocol)
    {
        await using var host = await ReceiverHost.StartAsync();
        using var source = new ActivitySource($"traces by {protocol}");
        ActivityContext linked = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, "vendor=1");
        Activity root, child;
        using (var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).ConfigureResource(Resource)
            .AddOtlpExporter(options => Configure(options, host, protocol, "v1/traces")).Build())
        {
            root = source.StartActivity("root", ActivityKind.Server)!;
            child = source.StartActivity("child", ActivityKind.Client, default(ActivityContext), [], [new ActivityLink(linked, new ActivityTagsCollection { ["of"] = "batch" })])!;
            child.SetTag("text", "tick").SetTag("yes", true).SetTag("whole", -42L).SetTag("real", 0.25).SetTag("array", new[] { "a", "b" });
            child.AddEvent(new ActivityEvent("written", DateTimeOffset.UnixEpoch.AddSeconds(7), new ActivityTagsCollection { ["rows"] = 3 }));
            child.SetStatus(ActivityStatusCode.Error, "no room");
            child.Stop();
            root.Stop();
            Assert.True(provider.ForceFlush());
        }

        Assert.True(TraceId.TryParse(root.TraceId.ToHexString(), out var id));
        IReadOnlyList<Span> spans = [];
        await Eventually.BecomesAsync("two spans", () => host.Store.Traces.Get(id, out spans)?.Spans, count => count == 2);
        var (first, second) = (spans.Single(span => span.Name == "root"), spans.Single(span => span.Name == "child"));
        Assert.Equal(root.SpanId.ToHexString(), first.SpanId.ToString());
        Assert.True(first.ParentId.IsEmpty);
        Assert.Equal(first.SpanId, second.ParentId);
        Assert.Equal(child.SpanId.ToHexString(), second.SpanId.ToString());
        Assert.Equal((SpanKind.Server, SpanKind.Client), (first.Kind, second.Kind));
        Assert.Equal(source.Name, second.Scope);
        Assert.Equal(("shop", "i1"), (second.Resource.ServiceName, second.Resource.InstanceId));
        Assert.Same(first.Resource, second.Resource);
        Assert.Equal((child.StartTimeUtc - DateTime.UnixEpoch).Ticks * 100, second.StartUnixNs);
        Assert.Equal(child.Duration.Ticks * 100, second.DurationNs);
        Assert.Equal((SpanStatus.Error, "no room"), (second.Status, second.StatusMessage));
        Assert.Equal("tick", second.Attributes.Find("text")!.Value.Text);
        Assert.True(second.Attributes.Find("yes")!.Value.Bool);
        Assert.Equal(-42, second.Attributes.Find("whole")!.Value.Whole);
        Assert.Equal(0.25, second.Attributes.Find("real")!.Value.Real);
        Assert.Equal(["a", "b"], second.Attributes.Find("array")!.Value.Items.Select(item => item.Text));
        var written = Assert.Single(second.Events);
        Assert.Equal(("written", 7_000_000_000), (written.Name, written.TimeUnixNs));
        Assert.Equal(3, written.Attributes.Find("rows")!.Value.Whole);
        var link = Assert.Single(second.Links);
        Assert.Equal((linked.TraceId.ToHexString(), linked.SpanId.ToHexString(), "vendor=1"), (link.TraceId.ToString(), link.SpanId.ToString(), link.TraceState));
        Assert.Equal("batch", link.Attributes.Find("of")!.Value.Text);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Logs_come_out_as_they_went_in(OtlpExportProtocol protocol)
    {
        await using var host = await ReceiverHost.StartAsync();
        using var activity = new Activity("around").SetIdFormat(ActivityIdFormat.W3C).Start();
        using (var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("shop", serviceInstanceId: "i1"));
            options.AddOtlpExporter(exporter => Configure(exporter, host, protocol, "v1/logs"));
        })))
        {
            var logger = factory.CreateLogger("Orders.Intake");
            foreach (var level in Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None))
            {
                logger.Log(level, new EventId(7, "Counted"), level == LogLevel.Error ? new InvalidOperationException("broken") : null, "{Count} orders", 12);
            }
        }

        await Eventually.BecomesAsync("six records", () => host.Store.Logs.Count, count => count == 6);
        var entries = host.Store.Logs.Find(LogFilter.Everything);
        Assert.Equal(Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None), entries.Select(entry => entry.Level));
        Assert.All(entries, entry =>
        {
            Assert.Equal(("12 orders", "Orders.Intake", "Counted"), (entry.Message, entry.Scope, entry.EventName));
            Assert.Equal((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()), (entry.TraceId.ToString(), entry.SpanId.ToString()));
            Assert.Equal(12, entry.Attributes.Find("Count")!.Value.Whole);
            Assert.Equal("shop", entry.Resource.ServiceName);
        });
        Assert.Contains("broken", Assert.Single(entries, entry => entry.Exception is not null).Exception, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Metrics_of_every_kind_come_out_as_they_went_in(OtlpExportProtocol protocol)
    {
        await using var host = await ReceiverHost.StartAsync();
        using var meter = new Meter($"metrics by {protocol}");
        using var activity = new Activity("around").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        using (var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).ConfigureResource(Resource)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
            .AddOtlpExporter(options => Configure(options, host, protocol, "v1/metrics")).Build())
        {
            var counter = meter.CreateCounter<long>("rows", "{row}", "Rows written.");
            counter.Add(5, KeyValuePair.Create<string, object?>("kind", "tick"));
            counter.Add(7, KeyValuePair.Create<string, object?>("kind", "bar"));
            meter.CreateUpDownCounter<long>("open").Add(-3);
            meter.CreateGauge<double>("load").Record(0.75);
            var plain = meter.CreateHistogram("plain", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4] });
            var exponential = meter.CreateHistogram<double>("exponential", "s");
            foreach (var value in new[] { 0.5, 1.5, 1.5, 3 })
            {
                plain.Record(value);
                exponential.Record(value);
            }

            Assert.True(provider.ForceFlush());
        }

        await Eventually.BecomesAsync("five instruments", () => host.Store.Metrics.Instruments("shop").Count, count => count == 5);
        var instruments = host.Store.Metrics.Instruments("shop");
        Assert.Equal(
            [("exponential", InstrumentKind.Histogram), ("load", InstrumentKind.Gauge), ("open", InstrumentKind.UpDownCounter), ("plain", InstrumentKind.Histogram), ("rows", InstrumentKind.Counter)],
            instruments.Select(info => (info.Key.Name, info.Kind)));
        Assert.Equal(("{row}", "Rows written."), (instruments[4].Unit, instruments[4].Description));
        Assert.Equal(0.75, Last(host, meter, "load").Lines.Single().Values.Last(value => value is not null));
        Assert.Equal(-3, Last(host, meter, "open").Lines.Single().Values.Last(value => value is not null));
        var rows = Last(host, meter, "rows");
        Assert.Equal(["kind=bar", "kind=tick"], rows.Lines.Select(line => line.Name));
        Assert.Equal(["bar", "tick"], Assert.Single(rows.Dimensions).Values);
        var exemplar = Last(host, meter, "plain").Exemplars[0];
        Assert.Equal((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()), (exemplar.TraceId.ToString(), exemplar.SpanId.ToString()));
        Assert.Contains(exemplar.Value, new[] { 0.5, 1.5, 3 });
        Assert.InRange(Median(Last(host, meter, "plain")), 1, 2);
        Assert.InRange(Median(Last(host, meter, "exponential")), 1.2, 1.8);
    }

    private static void Resource(ResourceBuilder resource) => resource.Clear().AddService("shop", serviceInstanceId: "i1");

    private static void Configure(OtlpExporterOptions options, ReceiverHost host, OtlpExportProtocol protocol, string path)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? host.Grpc : new Uri(host.Http, path);
        options.Headers = $"{ApiKeyGate.Header}={Uri.EscapeDataString(ReceiverHost.ApiKey)}";
        options.TimeoutMilliseconds = 60_000;
    }

    /// <summary>The window is long and its steps too: how long the machine takes does not matter.</summary>
    private static MetricView Last(ReceiverHost host, Meter meter, string name) => host.Store.Metrics.Query(new MetricQuery
    {
        Meter = meter.Name,
        Name = name,
        Window = TimeSpan.FromHours(1),
        EndUnixNs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
        Steps = 4,
    })!;

    private static double Median(MetricView view) => view.Lines.Single(line => line.Name == "P50").Values.Last(value => value is not null)!.Value;
}
