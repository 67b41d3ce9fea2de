using System.Diagnostics;
using System.Text;
using StockAspire.Ingest.Publishing;
using StockAspire.Ingest.Service.Tests.Harness;

namespace StockAspire.Ingest.Service.Tests.Publishing;

public sealed class ChunkEncoderTests
{
    private static readonly ActivityContext Sampled = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
    private static readonly ActivityContext Dropped = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);

    [Fact]
    public void Each_chunk_names_its_trace_and_the_first_of_those_without_one_says_so()
    {
        // As a sampler that follows its parent. Applications of tests beside this one hear these spans too, and record what has no parent.
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == IngestTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent == Sampled ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        var encoder = new ChunkEncoder("feed", epoch: 1, partitions: 1, maxFutureSkewNs: 0, TimeProvider.System);

        Assert.Equal([null, "00"], Flags(encoder, 1, Dropped));
        Assert.Equal([null, null], Flags(encoder, 3, Dropped));
        Assert.Equal([null, "01"], Flags(encoder, 5, Sampled));
        Assert.Equal([null, "01"], Flags(encoder, 7, Sampled));
        Assert.Equal([null, "00"], Flags(encoder, 9, Dropped));
        Assert.Equal([null, null], Flags(encoder, 11, Dropped));
    }

    /// <summary>The trace flags that the records of a chunk of two symbols carry, the second record's first.</summary>
    private static IReadOnlyList<string?> Flags(ChunkEncoder encoder, ulong first, ActivityContext parent)
    {
        encoder.Add(TestTicks.Make(first));
        encoder.Add(TestTicks.Make(first + 1));
        var chunk = encoder.Build(parent)!;
        chunk.Span?.Dispose();
        return [.. chunk.Records.Reverse().Select(record =>
        {
            if (record.Headers is not { } headers)
                return null;
            var text = Encoding.ASCII.GetString(headers.GetLastBytes("traceparent"));
            Assert.True(ActivityContext.TryParse(text, null, out var named));
            Assert.Equal(parent == Sampled, named.TraceId == Sampled.TraceId);
            return text[^2..];
        })];
    }
}
