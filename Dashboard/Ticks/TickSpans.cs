using System.Globalization;
using StockAspire.Otlp;
using StockAspire.Otlp.Traces;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Ticks;

/// <summary>What is kept here of the work that brought one tick in and stored it.</summary>
/// <param name="Trace">The trace of the chunk that carried it; null where it is not kept.</param>
/// <param name="Chunk">The span that sent the chunk; null where it is not kept.</param>
/// <param name="Batch">The span that stored the batch, of the same trace or of one with a link to it; null where it is not kept.</param>
internal sealed record TickSpans(TraceSummary? Trace, Span? Chunk, Span? Batch)
{
    private static readonly TickSpans Nothing = new(null, null, null);

    public static TickSpans Of(TraceStore traces, GetTickProvenanceResponse tick)
    {
        if (!TraceId.TryParse(tick.TraceId, out var id))
            return Nothing;
        var trace = traces.Get(id, out var spans);
        _ = SpanId.TryParse(tick.SpanId, out var chunkId);
        return new TickSpans(
            trace,
            spans.FirstOrDefault(span => span.SpanId == chunkId),
            spans.Concat(traces.LinksTo(id)).Where(span => Holds(span, tick)).MinBy(span => span.StartUnixNs));
    }

    /// <summary>A batch is consecutive records of one partition: whether the tick's record is among them.</summary>
    private static bool Holds(Span span, GetTickProvenanceResponse tick) =>
        span.Kind == SpanKind.Consumer
        && span.Attributes.Find("messaging.destination.partition.id")?.ToString() == tick.Partition.ToString(CultureInfo.InvariantCulture)
        && span.Attributes.Find("messaging.kafka.offset")?.Number is { } first
        && span.Attributes.Find("messaging.batch.message_count")?.Number is { } records
        && tick.Offset >= first && tick.Offset < first + records;
}
