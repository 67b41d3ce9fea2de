using Grpc.Core;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests;

/// <summary>One trace leads from the call (or the file's chunk) through Kafka to the stored batch.</summary>
public sealed class TraceTests(TracedPipeline traced) : IClassFixture<TracedPipeline>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_published_chunk_and_its_stored_batch_are_one_trace()
    {
        var (pipeline, collector) = (traced.Pipeline, traced.Collector);
        var trades = Enumerable.Range(1, 10)
            .Select(i => new TradeRow((ulong)i, "TRACED", 1_600_000_000_000_000_000 + i, 1_000_000_000, 100_000_000, "X", "1", false))
            .ToList();

        await new TickClient(pipeline.Ingest, "traced").PublishAsync(trades, Limit);

        await Eventually.TrueAsync(
            "a trace from the gRPC call to the stored batch",
            () => collector.Spans.GroupBy(span => span.TraceId).Any(IsWhole),
            Limit);
        await AssertProvenanceAsync(pipeline, collector, trades[^1]);
    }

    [Fact]
    public async Task A_row_of_a_loaded_file_leads_to_its_number_and_the_load_s_trace()
    {
        var (pipeline, collector) = (traced.Pipeline, traced.Collector);
        await File.WriteAllLinesAsync(
            Path.Combine(traced.CsvFolder, "traced.csv"),
            ["symbol,time,price,size", .. Enumerable.Range(1, 5_000).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "EVEN" : "ODD")},2020-09-13T12:26:40.{i:D6}Z,1.5,10"))],
            TestContext.Current.CancellationToken);

        var load = await new IngestService.IngestServiceClient(pipeline.Ingest).StartLoadAsync(
            new StartLoadRequest { Path = "traced.csv", Mode = LoadMode.Load }, cancellationToken: TestContext.Current.CancellationToken);

        var found = await FindAsync(pipeline, "EVEN", load.Load.Record.Source, 4_998);
        Assert.Equal(("traced.csv", 4_998UL, true), (found.Path, found.Row, found.RecordIsKept));
        await Eventually.TrueAsync(
            "the load's span above the chunk that carried the row",
            () => collector.Spans.Any(span => span.SpanId == found.SpanId && span.TraceId == found.TraceId && span.Name == "send ticks")
                && collector.Spans.Any(span => span.TraceId == found.TraceId && span.Name == "load"),
            Limit);
    }

    /// <summary>From the stored tick back to the span that sent it, by nothing but its symbol, source and sequence.</summary>
    private static async Task AssertProvenanceAsync(Pipeline pipeline, SpanCollector collector, TradeRow trade)
    {
        var found = await FindAsync(pipeline, trade.Symbol, "traced", trade.Sequence);
        Assert.Equal((trade.EventTimeNs, string.Empty, 0UL), (found.Tick.EventTimeNs, found.Path, found.Row));
        Assert.Contains(collector.Spans, span => span.TraceId == found.TraceId && span.SpanId == found.SpanId && span.Name == "send ticks");
    }

    private static async Task<GetTickProvenanceResponse> FindAsync(Pipeline pipeline, string symbol, string source, ulong sequence)
    {
        GetTickProvenanceResponse? found = null;
        await Eventually.TrueAsync(
            $"the stored tick {source}:{sequence}",
            async () =>
            {
                try
                {
                    found = await new QueryService.QueryServiceClient(pipeline.Query).GetTickProvenanceAsync(
                        new GetTickProvenanceRequest { Symbol = symbol, Id = new TickId { Source = source, Sequence = sequence } },
                        cancellationToken: TestContext.Current.CancellationToken);
                    return true;
                }
                catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
                {
                    return false;
                }
            },
            Limit);
        return found!;
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
