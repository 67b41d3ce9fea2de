using Google.Protobuf;
using StockAspire.Otlp.Traces;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Tests.Traces;

public sealed class WaterfallTests
{
    [Fact]
    public void Children_follow_their_parent_by_start()
    {
        var rows = Order((1, 0, 100), (4, 2, 400), (3, 1, 300), (2, 1, 200), (5, 1, 250));
        Assert.Equal([(1, 0, 4), (2, 1, 1), (4, 2, 0), (5, 1, 0), (3, 1, 0)], rows.Select(row => ((int)row.Span.SpanId.Value, row.Depth, row.Descendants)));
        Assert.DoesNotContain(rows, row => row.IsOrphan);
    }

    [Fact]
    public void A_span_whose_parent_is_missing_is_an_orphan_at_the_root()
    {
        var rows = Order((1, 0, 100), (3, 9, 150), (4, 3, 160));
        Assert.Equal([(1, 0, false), (3, 0, true), (4, 1, false)], rows.Select(row => ((int)row.Span.SpanId.Value, row.Depth, row.IsOrphan)));
    }

    [Fact]
    public void Spans_that_are_each_others_parents_appear_once_each()
    {
        var rows = Order((1, 2, 100), (2, 1, 200), (3, 3, 300));
        Assert.Equal([1, 2, 3], rows.Select(row => (int)row.Span.SpanId.Value).Order());
        Assert.Equal([0, 1, 0], rows.Select(row => row.Depth));
    }

    [Fact]
    public void Five_thousand_spans_below_each_other_are_ordered()
    {
        var rows = Order([.. Enumerable.Range(1, 5_000).Select(i => (i, i - 1, i))]);
        Assert.Equal(4_999, rows[^1].Depth);
        Assert.Equal(4_999, rows[0].Descendants);
    }

    private static IReadOnlyList<WaterfallRow> Order(params (int Id, int Parent, int Start)[] spans)
    {
        var request = Messages.Traces("shop", [.. spans.Select(span => Messages.Span(1, (ulong)span.Id, (ulong)span.Parent, start: (ulong)span.Start))]);
        return Waterfall.Order(new MessageDecoder(new TelemetryLimits(), new ResourceTable(1)).Decode(Signal.Traces, request.ToByteArray()).Spans);
    }
}
