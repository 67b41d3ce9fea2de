using StockAspire.EndToEnd.Tests.Harness;

namespace StockAspire.EndToEnd.Tests;

/// <summary>One trace leads from the call (or the file's chunk) through Kafka to the stored batch.</summary>
public sealed class TraceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_published_chunk_and_its_stored_batch_are_one_trace()
    {
        await using var collector = new SpanCollector();
        await using var pipeline = await Pipeline.StartAsync(null, $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Endpoint}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
        var trades = Enumerable.Range(1, 10)
            .Select(i => new TradeRow((ulong)i, "TRACED", 1_600_000_000_000_000_000 + i, 1_000_000_000, 100_000_000, "X", "1", false))
            .ToList();

        await new TickClient(pipeline.Ingest, "traced").PublishAsync(trades, Limit);

        await Eventually.TrueAsync(
            "a trace from the gRPC call to the stored batch",
            () => Task.FromResult(collector.Spans.GroupBy(span => span.TraceId).Any(IsWhole)),
            Limit);
    }

    /// <summary>Server span of the call, below it the producer's, below that the Sink's, below that the store's.</summary>
    private static bool IsWhole(IEnumerable<CollectedSpan> trace)
    {
        var spans = trace.ToDictionary(span => span.SpanId);
        return spans.Values.Any(span =>
            span.Name.StartsWith("process", StringComparison.Ordinal)
            && spans.TryGetValue(span.ParentSpanId, out var sent) && sent.Name.StartsWith("send", StringComparison.Ordinal)
            && spans.TryGetValue(sent.ParentSpanId, out var call) && call.Name.Contains("StreamTicks", StringComparison.Ordinal));
    }
}
