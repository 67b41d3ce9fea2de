using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.TickStore;
using StockAspire.TickStream;

namespace StockAspire.Sink.Service.Tests;

public sealed class BatchWriterTests : IDisposable
{
    private readonly FakeTickStore _store = new();
    private readonly FakeDeadLetterQueue _deadLetters = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SinkStatus _status;
    private readonly BatchWriter _writer;

    public BatchWriterTests()
    {
        _status = new SinkStatus(_time, NullLogger<SinkStatus>.Instance);
        var metrics = new SinkMetrics(_services.GetRequiredService<IMeterFactory>(), _status, _time);
        _writer = new BatchWriter(_store, _deadLetters, _status, metrics, _time, NullLogger<BatchWriter>.Instance);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task WriteAsync_OfGoodBlocks_StoresEveryTickWithItsPosition()
    {
        using var batch = Batch(Ticks.Record(5, Ticks.Block(1, 3)), Ticks.Record(8, Ticks.Block(4, 2)));
        await _writer.WriteAsync(batch, TestContext.Current.CancellationToken);

        var expected = Enumerable.Range(1, 5).Select(i => new StoredTick(Ticks.Of((ulong)i), StoredTick.PositionOf(2, i <= 3 ? 5 : 8)));
        Assert.Equal(expected, _store.Rows.OrderBy(row => row.Tick.Key));
        Assert.Equal((5L, 9L, 2), (batch.FirstOffset, batch.NextOffset, batch.Records));
        Assert.Empty(_deadLetters.Letters);
    }

    [Fact]
    public async Task WriteAsync_WhileTheStoreIsDown_TriesAgainAndDegradesHealth()
    {
        var failures = 5;
        _store.OnWrite = (_, _) => failures-- > 0 ? throw new TickStoreUnavailableException("the disk is full") : Task.CompletedTask;
        _status.Assigned();
        var health = new SinkHealthCheck(_status);
        using var batch = Batch(Ticks.Record(0, Ticks.Block(1, 3)));
        var write = _writer.WriteAsync(batch, TestContext.Current.CancellationToken);

        Assert.Equal("the disk is full", _status.StoreFault);
        var down = await health.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((HealthStatus.Degraded, "the store takes no rows: the disk is full"), (down.Status, down.Description));
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return write.IsCompleted;
        });
        await write;
        Assert.Equal((6, 3), (_store.Calls, _store.Count));
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task WriteAsync_WhenAbandonedWhileTheStoreIsDown_Ends()
    {
        _store.OnWrite = (_, _) => throw new TickStoreUnavailableException("gone");
        using var batch = Batch(Ticks.Record(0, Ticks.Block(1, 3)));
        using var abandoned = new CancellationTokenSource();
        var write = _writer.WriteAsync(batch, abandoned.Token);
        Assert.False(write.IsCompleted);
        await abandoned.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task WriteAsync_OfRowsThatTheStoreRefuses_StoresTheOthersAndSendsThemAsDeadLetters()
    {
        ulong[] refused = [1, 500, 501, 1000];
        _store.OnWrite = (rows, _) => rows.ToArray().Any(row => refused.Contains(row.Tick.Id.Sequence))
            ? throw new TickStoreRejectedException("a mutation over 16 MiB")
            : Task.CompletedTask;
        using var batch = Batch(Ticks.Record(40, Ticks.Block(1, 700)), Ticks.Record(41, Ticks.Block(701, 300)));
        await _writer.WriteAsync(batch, TestContext.Current.CancellationToken);

        Assert.Equal(996, _store.Count);
        Assert.DoesNotContain(_store.Rows, row => refused.Contains(row.Tick.Id.Sequence));
        Assert.Equal(["1", "500", "501", "1000"], _deadLetters.Letters.Select(letter => letter.Header(DeadLetterHeaders.Sequence)));
        var last = _deadLetters.Letters[^1];
        Assert.Equal("ticks/3/41", last.Header(DeadLetterHeaders.Position));
        Assert.Equal("sink", last.Header(DeadLetterHeaders.Stage));
        Assert.Equal("csv:test", last.Header(DeadLetterHeaders.Source));
        Assert.Equal("a mutation over 16 MiB", last.Header(DeadLetterHeaders.Actual));
        var reader = new TickBlockReader();
        reader.Read(last.Value);
        Assert.Equal([Ticks.Of(1000)], reader.Ticks.ToArray());
    }

    [Fact]
    public async Task WriteAsync_OfBytesThatAreNoBlock_SendsThemRawWithTheirHeadersAndReason()
    {
        byte[] garbage = [0x4A, 0x7F, 1, 2, 3];
        using var batch = Batch(Ticks.Record(7, Ticks.Block(1, 2)), Ticks.Record(8, garbage, "kept"), Ticks.Record(9, []), Ticks.Record(10, Ticks.Block(3, 1)));
        await _writer.WriteAsync(batch, TestContext.Current.CancellationToken);

        Assert.Equal(3, _store.Count);
        Assert.Equal(2, _deadLetters.Letters.Count);
        var letter = _deadLetters.Letters[0];
        Assert.Equal(garbage, letter.Value);
        Assert.Equal("SPY"u8.ToArray(), letter.Key);
        Assert.Equal("kept", letter.Header("traceparent"));
        Assert.Equal("ticks/3/8", letter.Header(DeadLetterHeaders.Position));
        Assert.Contains("overruns", letter.Header(DeadLetterHeaders.Actual), StringComparison.Ordinal);
        Assert.Equal("ticks/3/9", _deadLetters.Letters[1].Header(DeadLetterHeaders.Position));
    }

    [Fact]
    public async Task WriteAsync_OfATickOutsideTheLimits_SendsItAloneAsADeadLetter()
    {
        using var batch = Batch(Ticks.Record(7, Ticks.Block(Ticks.Of(1), Ticks.Of(2) with { Size = new Size(-5) }, Ticks.Of(3))));
        await _writer.WriteAsync(batch, TestContext.Current.CancellationToken);

        Assert.Equal([1UL, 3UL], _store.Rows.Select(row => row.Tick.Id.Sequence).Order());
        var letter = Assert.Single(_deadLetters.Letters);
        Assert.Equal("2", letter.Header(DeadLetterHeaders.Sequence));
        Assert.Equal("size_e8", letter.Header(DeadLetterHeaders.Field));
        Assert.Equal("-0.00000005", letter.Header(DeadLetterHeaders.Actual));
    }

    [Fact]
    public async Task WriteAsync_BeforeTheDeadLettersAreAcknowledged_DoesNotReturn()
    {
        var acknowledged = new TaskCompletionSource();
        _deadLetters.OnSend = () => acknowledged.Task;
        using var batch = Batch(Ticks.Record(7, [1]));
        var write = _writer.WriteAsync(batch, TestContext.Current.CancellationToken);
        Assert.False(write.IsCompleted);
        acknowledged.SetResult();

        await write;
        Assert.Single(_deadLetters.Letters);
    }

    [Fact]
    public async Task WriteAsync_WhenTheSchemaWasChangedBeneath_Throws()
    {
        _store.OnWrite = (_, _) => throw new TickStoreSchemaException("version 9");
        using var batch = Batch(Ticks.Record(0, Ticks.Block(1, 3)));

        await Assert.ThrowsAsync<TickStoreSchemaException>(() => _writer.WriteAsync(batch, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WriteAsync_OfTracedRecords_IsASpanUnderTheFirstLinkedToTheOthers()
    {
        Activity? seen = null;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SinkTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        _store.OnWrite = (_, _) =>
        {
            seen = Activity.Current;
            return Task.CompletedTask;
        };
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        const string Other = "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";
        using var batch = Batch(Ticks.Record(7, Ticks.Block(1, 2), Parent), Ticks.Record(8, Ticks.Block(3, 1)), Ticks.Record(9, Ticks.Block(4, 1), Other));
        await _writer.WriteAsync(batch, TestContext.Current.CancellationToken);

        Assert.NotNull(seen);
        Assert.Equal(("process ticks", ActivityKind.Consumer), (seen.DisplayName, seen.Kind));
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (seen.TraceId.ToHexString(), seen.ParentSpanId.ToHexString()));
        Assert.Equal("1bf7651916cd43dd8448eb211c80319c", Assert.Single(seen.Links).Context.TraceId.ToHexString());
        Assert.Equal("kafka", seen.GetTagItem("messaging.system"));
        Assert.Equal("3", seen.GetTagItem("messaging.destination.partition.id"));
        Assert.Equal(3, seen.GetTagItem("messaging.batch.message_count"));
    }

    [Fact]
    public void Add_OfMoreTracesThanASpanMayLink_KeepsTheFirst()
    {
        using var batch = Batch([.. Enumerable.Range(0, 200).Select(i => Ticks.Record(i, Ticks.Block((ulong)i, 1), $"00-{i + 1:x32}-b7ad6b7169203331-01"))]);

        Assert.Equal(129, batch.Traces.Count);
        Assert.Equal($"{1:x32}", batch.Traces[0].TraceId.ToHexString());
    }

    [Fact]
    public void Add_OfATraceThatNobodyRecords_ContinuesNone()
    {
        const string NotRecorded = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        const string Recorded = "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";
        using var batch = Batch(Ticks.Record(7, Ticks.Block(1, 1), NotRecorded), Ticks.Record(8, Ticks.Block(2, 1), Recorded));

        Assert.Equal("1bf7651916cd43dd8448eb211c80319c", Assert.Single(batch.Traces).TraceId.ToHexString());
    }

    private static TickBatch Batch(params ReadOnlySpan<Confluent.Kafka.ConsumeResult<byte[], byte[]>> records)
    {
        var batch = new TickBatch(Ticks.Partition, topicEpoch: 2);
        var reader = new TickBlockReader();
        foreach (var record in records)
        {
            batch.Add(record, reader);
        }

        return batch;
    }
}
