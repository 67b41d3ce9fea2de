using System.Diagnostics;
using System.Text;
using StockAspire.Ingest.Publishing;
using StockAspire.Market;

namespace StockAspire.Ingest.Service.Tests.Publishing;

public sealed class LetterTraceTests
{
    private static readonly ActivityContext Sampled = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    [Fact]
    public void Every_dead_letter_names_the_span_of_its_chunk_where_that_is_traced()
    {
        var encoder = new ChunkEncoder("feed", epoch: 1, partitions: 4, maxFutureSkewNs: 0, TimeProvider.System);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == IngestTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent == Sampled ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        for (var sequence = 1UL; sequence <= 2; sequence++)
        {
            encoder.AddRefused(new DeadLetter("feed", sequence, new TickFault("price", "a number", "none"), new byte[1]));
        }

        var chunk = encoder.Build(Sampled)!;

        Assert.NotNull(chunk.Span?.Id);
        Assert.Equal([chunk.Span.Id, chunk.Span.Id], chunk.Records.Select(TraceParent));
    }

    private static string? TraceParent(StreamRecord record) =>
        record.Headers!.TryGetLastBytes("traceparent", out var bytes) ? Encoding.ASCII.GetString(bytes) : null;
}
