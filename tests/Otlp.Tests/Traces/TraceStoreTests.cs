using Google.Protobuf;
using Microsoft.Extensions.Options;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using StockAspire.Otlp.Traces;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Tests.Traces;

public sealed class TraceStoreTests
{
    [Fact]
    public void A_trace_gathers_from_several_messages_and_processes_in_any_order()
    {
        var store = Store(new TelemetryLimits());
        var failed = Messages.Span(1, 3, parent: 2, name: "insert", start: 1_500, end: 9_000);
        failed.Status = new Status { Code = Status.Types.StatusCode.Error };
        Add(store, Messages.Traces("sink", failed));
        var early = store.Traces.Get(new TraceId(0, 1), out _)!;
        Assert.Equal(("insert", false), (early.First.Name, early.IsComplete));
        Add(store, Messages.Traces("shop", Messages.Span(1, 2, parent: 1, start: 1_200), Messages.Span(1, 1, name: "POST /orders", start: 1_000, end: 3_000)));
        var summary = Assert.Single(store.Traces.Find(TraceFilter.Everything));
        Assert.Equal(("POST /orders", true), (summary.First.Name, summary.IsComplete));
        Assert.Equal((1_000, 8_000), (summary.StartUnixNs, summary.DurationNs));
        Assert.Equal((3, 1), (summary.Spans, summary.Errors));
        Assert.Equal([("sink", 1, 1), ("shop", 2, 0)], summary.Resources.Select(count => (count.Resource.ServiceName, count.Spans, count.Errors)));
    }

    [Fact]
    public void A_span_that_is_sent_again_counts_once()
    {
        var store = Store(new TelemetryLimits());
        Add(store, Messages.Traces("shop", Messages.Span(1, 1)));
        Add(store, Messages.Traces("shop", Messages.Span(1, 1)));
        Assert.Equal(1, store.Traces.Find(TraceFilter.Everything)[0].Spans);
        Assert.Equal(1, store.Counts(Signal.Traces).Stored);
    }

    [Fact]
    public void The_trace_that_came_first_goes_first_by_count_and_by_bytes()
    {
        var byCount = Store(new TelemetryLimits { MaxTraceCount = 2 });
        Add(byCount, Messages.Traces("shop", Messages.Span(1, 1), Messages.Span(1, 2), Messages.Span(2, 3), Messages.Span(3, 4)));
        Assert.Equal(new HashSet<ulong> { 2, 3 }, byCount.Traces.Find(TraceFilter.Everything).Select(trace => trace.TraceId.Low).ToHashSet());
        Assert.Equal(2, byCount.Counts(Signal.Traces).Evicted);

        var byBytes = Store(new TelemetryLimits { MaxTraceBytes = 5_000 });
        Add(byBytes, Messages.Traces("shop", [.. Enumerable.Range(1, 9).Select(i => Messages.Span((ulong)i, 1, name: new string('n', 1_000)))]));
        Assert.Equal(4, byBytes.Traces.Count);
    }

    [Fact]
    public void Spans_past_the_limit_of_a_trace_are_dropped_and_counted()
    {
        var store = Store(new TelemetryLimits { MaxSpansPerTrace = 3 });
        Add(store, Messages.Traces("shop", [.. Enumerable.Range(1, 5).Select(i => Messages.Span(1, (ulong)i))]));
        var summary = Assert.Single(store.Traces.Find(TraceFilter.Everything));
        Assert.Equal((3, 2), (summary.Spans, summary.Dropped));
        Assert.Equal((3, 2), (store.Counts(Signal.Traces).Stored, store.Counts(Signal.Traces).DroppedByLimit));
    }

    [Fact]
    public void Filters_by_resource_text_error_and_duration_must_all_hold()
    {
        var store = Store(new TelemetryLimits());
        var slow = Messages.Span(1, 1, name: "load", start: 1_000, end: 5_001_000);
        slow.Attributes.Add(Messages.Attribute("symbol", "AAPL"));
        slow.Status = new Status { Code = Status.Types.StatusCode.Error, Message = "timed out" };
        Add(store, Messages.Traces("shop", slow, Messages.Span(2, 1)));
        var all = new TraceFilter { Resource = "shop", Text = "aapl", OnlyErrors = true, MinDuration = TimeSpan.FromMilliseconds(5) };
        Assert.Equal(1UL, Assert.Single(store.Traces.Find(all)).TraceId.Low);
        Assert.Single(store.Traces.Find(all with { Text = "TIMED" }));
        Assert.Single(store.Traces.Find(new TraceFilter { Text = "0000000000000000000000000000000" + "2" }));
        Assert.Empty(store.Traces.Find(all with { Resource = "bank" }));
        Assert.Empty(store.Traces.Find(all with { Text = "msft" }));
        Assert.Empty(store.Traces.Find(all with { MinDuration = TimeSpan.FromMilliseconds(6) }));
    }

    [Fact]
    public void Clear_takes_the_traces_of_one_resource_or_all()
    {
        var store = Store(new TelemetryLimits());
        Add(store, Messages.Traces("shop", Messages.Span(1, 1)));
        Add(store, Messages.Traces("bank", Messages.Span(2, 1)));
        store.Traces.Clear("shop");
        Assert.Equal("bank", Assert.Single(store.Traces.Find(TraceFilter.Everything)).First.Resource.ServiceName);
        store.Traces.Clear();
        Assert.Equal(0, store.Traces.Count);
        Add(store, Messages.Traces("shop", Messages.Span(1, 1)));
        Assert.Equal(1, store.Traces.Count);
    }

    private static TelemetryStore Store(TelemetryLimits limits) => new(Options.Create(limits));

    private static void Add(TelemetryStore store, ExportTraceServiceRequest request) =>
        store.Add(new MessageDecoder(store.Limits, store.Resources).Decode(Signal.Traces, request.ToByteArray()));
}
