using Confluent.Kafka;
using Google.Protobuf;
using Grpc.Core;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.Query.Service.Tests.Errors;
using StockAspire.TickStore;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Provenance;

/// <summary>From a stored tick back to its record and trace, on an embedded broker.</summary>
public sealed class TickProvenanceTests
{
    private const string FirstTrace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
    private const string NotRecorded = "00-00112233445566778899aabbccddeeff-0011223344556677-00";
    private const string SecondTrace = "00-fedcba9876543210fedcba9876543210-fedcba9876543210-01";

    [Fact]
    public async Task A_record_without_a_trace_has_that_of_the_nearest_one_of_its_source_before_it()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await PublishAsync(broker, host, "feed", 1, FirstTrace);
        await PublishAsync(broker, host, "feed", 2, null);
        await PublishAsync(broker, host, "other", 1, SecondTrace);
        var last = await PublishAsync(broker, host, "feed", 3, null);
        await SealAsync(broker, "feed", 3);

        var found = await FindAsync(host, "feed", 3);

        Assert.Equal(last.Partition.Value, found.Partition);
        Assert.Equal(last.Offset.Value, found.Offset);
        Assert.Equal(("0123456789abcdef0123456789abcdef", "0123456789abcdef"), (found.TraceId, found.SpanId));
        Assert.Equal((3UL, true), (found.Tick.Id.Sequence, found.RecordIsKept));
        Assert.True(found.PublishedAtNs > SampleTicks.Start);
    }

    [Fact]
    public async Task A_chunk_whose_trace_nobody_recorded_is_not_given_an_earlier_one_s()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await PublishAsync(broker, host, "feed", 1, FirstTrace);
        await PublishAsync(broker, host, "feed", 2, NotRecorded);
        await PublishAsync(broker, host, "feed", 3, null);
        await PublishAsync(broker, host, "feed", 4, SecondTrace);
        await PublishAsync(broker, host, "other", 1, null);
        await SealAsync(broker, "feed", 4);
        await SealAsync(broker, "other", 1);

        foreach (var sequence in new[] { 2UL, 3UL })
        {
            var found = await FindAsync(host, "feed", sequence);
            Assert.Equal((string.Empty, string.Empty, true, true), (found.TraceId, found.SpanId, found.NotSampled, found.RecordIsKept));
        }

        Assert.Equal(("fedcba9876543210fedcba9876543210", false), ((await FindAsync(host, "feed", 4)).TraceId, (await FindAsync(host, "feed", 4)).NotSampled));
        var unknown = await FindAsync(host, "other", 1);
        Assert.Equal((string.Empty, false), (unknown.TraceId, unknown.NotSampled));
    }

    [Fact]
    public async Task The_trace_is_found_behind_many_records_of_other_sources()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await PublishAsync(broker, host, "feed", 1, FirstTrace);
        await broker.PublishAsync(Enumerable.Range(1, 100).Select(i => (IReadOnlyList<Tick>)[SampleTicks.Of("SPY", SampleTicks.Start, (ulong)i, "other")]));
        await PublishAsync(broker, host, "feed", 2, null);
        await SealAsync(broker, "feed", 2);

        Assert.Equal("0123456789abcdef0123456789abcdef", (await FindAsync(host, "feed", 2)).TraceId);
    }

    [Fact]
    public async Task A_row_of_a_file_has_its_path_and_number()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        foreach (var (source, record) in new[]
        {
            ("csv:once", new Wire.SourceRecord { Path = "day/spy.csv", Mode = Wire.LoadMode.Load }),
            ("run:loop", new Wire.SourceRecord { Path = "spy.csv", Mode = Wire.LoadMode.Replay, Loop = true }),
            ("run:draw", new Wire.SourceRecord { Path = "spy.csv", Mode = Wire.LoadMode.Sample }),
        })
        {
            await broker.ProduceAsync(Topics.Sources, System.Text.Encoding.UTF8.GetBytes(source), record.ToByteArray());
            await PublishAsync(broker, host, source, 1, null);
            await SealAsync(broker, source, 1);
        }

        var once = await FindAsync(host, "csv:once", 1);
        Assert.Equal(("day/spy.csv", 1UL, string.Empty), (once.Path, once.Row, once.TraceId));
        Assert.Equal(0UL, (await FindAsync(host, "run:loop", 1)).Row);
        Assert.Equal(("spy.csv", 0UL), ((await FindAsync(host, "run:draw", 1)).Path, (await FindAsync(host, "run:draw", 1)).Row));
    }

    [Fact]
    public async Task What_is_no_longer_in_Kafka_is_said_not_guessed()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        var published = await PublishAsync(broker, host, "feed", 1, FirstTrace);
        await SealAsync(broker, "feed", 3);

        // As after a retention, or in a topic that was made anew: beyond the end, and a record of another tick.
        host.Store.PutAt(StoredTick.PositionOf(0, 1_000_000), SampleTicks.Of("SPY", SampleTicks.Start + 2, 2));
        host.Store.PutAt(StoredTick.PositionOf(0, published.Offset.Value), SampleTicks.Of("SPY", SampleTicks.Start + 3, 3));

        foreach (var sequence in new[] { 2UL, 3UL })
        {
            var found = await FindAsync(host, "feed", sequence);
            Assert.Equal((false, string.Empty, 0L), (found.RecordIsKept, found.TraceId, found.PublishedAtNs));
            Assert.Equal(sequence, found.Tick.Id.Sequence);
        }
    }

    [Fact]
    public async Task A_correction_leads_to_the_record_of_the_highest_revision()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await PublishAsync(broker, host, "feed", 1, FirstTrace);
        var correction = SampleTicks.Of("SPY", SampleTicks.Start + 50, 1, revision: 1);
        var at = await ProduceAsync(broker, correction, SecondTrace);
        host.Store.PutAt(StoredTick.PositionOf(0, at.Offset.Value), correction);
        var builder = new SealBuilder("feed", 1, 1);
        builder.Add(SampleTicks.Of("SPY", SampleTicks.Start + 1, 1));
        builder.Add(correction);
        await broker.SealAsync(builder.Build(1));

        var found = await FindAsync(host, "feed", 1);

        Assert.Equal((1U, "fedcba9876543210fedcba9876543210"), (found.Tick.Revision, found.TraceId));
    }

    [Fact]
    public async Task What_nobody_sealed_or_stored_is_not_found_and_a_request_without_an_id_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await SealAsync(broker, "feed", 2);
        await PublishAsync(broker, host, "feed", 1, null);

        foreach (var (source, sequence) in new[] { ("nobody", 1UL), ("feed", 3UL), ("feed", 2UL) })
        {
            Assert.Equal(StatusCode.NotFound, (await RichErrors.OfAsync(() => FindAsync(host, source, sequence))).StatusCode);
        }

        var error = await RichErrors.OfAsync(async () => await host.Query.GetTickProvenanceAsync(
            new Wire.GetTickProvenanceRequest { Symbol = "" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(["symbols[0]", "id"], error.Fields());
    }

    /// <summary>Publishes and stores tick <paramref name="sequence"/> of SPY.</summary>
    private static async Task<TopicPartitionOffset> PublishAsync(TestBroker broker, QueryHost host, string source, ulong sequence, string? trace)
    {
        var tick = SampleTicks.Of("SPY", SampleTicks.Start + (long)sequence, sequence, source);
        var at = await ProduceAsync(broker, tick, trace);
        host.Store.PutAt(StoredTick.PositionOf(0, at.Offset.Value), tick);
        return at;
    }

    private static Task<TopicPartitionOffset> ProduceAsync(TestBroker broker, Tick tick, string? trace) => broker.ProduceAsync(
        Topics.Ticks,
        "SPY"u8.ToArray(),
        SampleTicks.Block(tick),
        trace is null ? null : new Headers { { "traceparent", System.Text.Encoding.ASCII.GetBytes(trace) } });

    private static Task SealAsync(TestBroker broker, string source, ulong count)
    {
        var builder = new SealBuilder(source, 1, 1);
        for (var sequence = 1UL; sequence <= count; sequence++)
        {
            builder.Add(SampleTicks.Of("SPY", SampleTicks.Start + (long)sequence, sequence, source));
        }

        return broker.SealAsync(builder.Build(1));
    }

    private static async Task<Wire.GetTickProvenanceResponse> FindAsync(QueryHost host, string source, ulong sequence) =>
        await host.Query.GetTickProvenanceAsync(
            new Wire.GetTickProvenanceRequest { Symbol = "SPY", Id = new Wire.TickId { Source = source, Sequence = sequence } },
            cancellationToken: TestContext.Current.CancellationToken);
}
