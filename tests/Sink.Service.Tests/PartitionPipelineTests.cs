using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using StockAspire.Market.Blocks;

namespace StockAspire.Sink.Service.Tests;

public sealed class PartitionPipelineTests
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentDictionary<long, Write> _writes = new();

    [Fact]
    public async Task Append_WhileNothingIsBeingWritten_SendsAtOnce()
    {
        using var pipeline = Pipeline(batchRows: 100, inFlight: 4);
        pipeline.Append(Ticks.Record(10, Ticks.Block(1, 1)));

        var write = await BegunAsync(10);
        Assert.Equal(-1, pipeline.StoredOffset);
        write.End();
        await Eventually.TrueAsync(() => pipeline.StoredOffset == 11);
    }

    [Fact]
    public async Task Append_WhileABatchIsBeingWritten_GathersUntilThatEnds()
    {
        using var pipeline = Pipeline(batchRows: 100, inFlight: 4);
        pipeline.Append(Ticks.Record(0, Ticks.Block(1, 1)));
        var first = await BegunAsync(0);
        for (var offset = 1; offset < 20; offset++)
        {
            pipeline.Append(Ticks.Record(offset, Ticks.Block((ulong)offset + 1, 2)));
        }

        Assert.Single(_writes);
        first.End();
        var second = await BegunAsync(1);
        Assert.Equal((19, 38, 20L), (second.Batch.Records, second.Batch.Rows.Length, second.Batch.NextOffset));
        second.End();
        await Eventually.TrueAsync(() => pipeline.StoredOffset == 20);
    }

    [Fact]
    public async Task Tend_WhenABatchHasWaitedForTheFlushInterval_SendsItBesideTheOneBeingWritten()
    {
        using var pipeline = Pipeline(batchRows: 100, inFlight: 4);
        pipeline.Append(Ticks.Record(0, Ticks.Block(1, 1)));
        pipeline.Append(Ticks.Record(1, Ticks.Block(2, 1)));
        var first = await BegunAsync(0);
        _time.Advance(FlushInterval - TimeSpan.FromMilliseconds(1));
        pipeline.Tend();
        Assert.Single(_writes);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        pipeline.Tend();
        (await BegunAsync(1)).End();
        first.End();
        await Eventually.TrueAsync(() => pipeline.StoredOffset == 2);
    }

    [Fact]
    public async Task StoredOffset_WhenBatchesEndOutOfOrder_StaysBelowTheOneNotStored()
    {
        using var pipeline = Pipeline(batchRows: 10, inFlight: 3);
        for (var offset = 0; offset < 3; offset++)
        {
            pipeline.Append(Ticks.Record(offset, Ticks.Block((ulong)offset * 10, 10)));
        }

        var (first, second, third) = (await BegunAsync(0), await BegunAsync(1), await BegunAsync(2));
        third.End();
        await third.EndedAsync();
        second.End();
        await second.EndedAsync();
        Assert.Equal(-1, pipeline.StoredOffset);
        Assert.Equal(1_700_000_000_000, pipeline.OldestUnixMs);
        first.End();
        await Eventually.TrueAsync(() => pipeline.StoredOffset == 3);
        Assert.Null(pipeline.OldestUnixMs);
    }

    [Fact]
    public async Task HasRoom_WithAllWritesOutAndAFullBatch_IsFalseUntilOneEnds()
    {
        using var pipeline = Pipeline(batchRows: 10, inFlight: 1);
        pipeline.Append(Ticks.Record(0, Ticks.Block(0, 10)));
        var first = await BegunAsync(0);
        Assert.True(pipeline.HasRoom);
        pipeline.Append(Ticks.Record(1, Ticks.Block(10, 10)));

        Assert.False(pipeline.HasRoom);
        Assert.False(pipeline.WaitForRoom(TimeSpan.Zero));
        var waiting = Task.Run(() => pipeline.WaitForRoom(Long));
        first.End();
        _ = await BegunAsync(1);
        Assert.True(await waiting.WaitAsync(Long, TestContext.Current.CancellationToken));
        Assert.True(pipeline.HasRoom);
    }

    [Fact]
    public async Task HasRoom_CountsBytesToo()
    {
        var value = Ticks.Block(0, 1);
        using var pipeline = Pipeline(batchRows: 1000, inFlight: 1, batchSize: value.Length * 2);
        pipeline.Append(Ticks.Record(0, value));
        _ = await BegunAsync(0);
        pipeline.Append(Ticks.Record(1, value));
        Assert.True(pipeline.HasRoom);
        pipeline.Append(Ticks.Record(2, value));
        Assert.False(pipeline.HasRoom);
    }

    [Fact]
    public async Task Drain_WithWritesOut_SendsWhatWaitsAndReturnsWhenAllIsStored()
    {
        using var pipeline = Pipeline(batchRows: 100, inFlight: 1);
        pipeline.Append(Ticks.Record(0, Ticks.Block(0, 1)));
        pipeline.Append(Ticks.Record(1, Ticks.Block(1, 1)));
        var first = await BegunAsync(0);
        var drained = Task.Run(() => pipeline.Drain(Long));
        first.End();
        var second = await BegunAsync(1);
        Assert.False(drained.IsCompleted);
        second.End();

        Assert.True(await drained.WaitAsync(Long, TestContext.Current.CancellationToken));
        Assert.Equal(2, pipeline.StoredOffset);
    }

    [Fact]
    public async Task Drain_WhenTheStoreDoesNotAnswerInTime_GivesUpAndKeepsTheWatermark()
    {
        using var pipeline = Pipeline(batchRows: 1, inFlight: 2);
        pipeline.Append(Ticks.Record(0, Ticks.Block(0, 1)));
        pipeline.Append(Ticks.Record(1, Ticks.Block(1, 1)));
        (await BegunAsync(0)).End();
        await Eventually.TrueAsync(() => pipeline.StoredOffset == 1);
        _ = await BegunAsync(1);

        Assert.False(pipeline.Drain(TimeSpan.Zero));
        Assert.Equal(1, pipeline.StoredOffset);
    }

    [Fact]
    public async Task Abandon_WithWritesOut_CancelsThemAndDropsTheirCompletions()
    {
        using var pipeline = Pipeline(batchRows: 1, inFlight: 2);
        pipeline.Append(Ticks.Record(0, Ticks.Block(0, 1)));
        pipeline.Append(Ticks.Record(1, Ticks.Block(1, 1)));
        var (first, second) = (await BegunAsync(0), await BegunAsync(1));
        first.End();
        await Eventually.TrueAsync(() => pipeline.StoredOffset == 1);

        pipeline.Abandon();
        Assert.True(second.Token.IsCancellationRequested);

        // A zombie: the write succeeds in spite of that.
        second.End();
        await second.EndedAsync();
        Assert.Equal(1, pipeline.StoredOffset);
    }

    [Fact]
    public async Task Fault_OfAWriteThatEndsForGood_IsKeptAndNothingIsPassed()
    {
        using var pipeline = Pipeline(batchRows: 1, inFlight: 2);
        pipeline.Append(Ticks.Record(0, Ticks.Block(0, 1)));
        var fault = new InvalidOperationException("a newer schema");
        (await BegunAsync(0)).Fail(fault);

        await Eventually.TrueAsync(() => pipeline.Fault is not null);
        Assert.Same(fault, pipeline.Fault);
        Assert.Equal(-1, pipeline.StoredOffset);
    }

    private PartitionPipeline Pipeline(int batchRows, int inFlight, long batchSize = 1 << 20) => new(
        Ticks.Partition,
        topicEpoch: 0,
        new PipelineLimits(batchRows, batchSize, inFlight, FlushInterval),
        WriteAsync,
        new TickBlockReader(),
        _time);

    private async Task WriteAsync(TickBatch batch, CancellationToken cancellationToken)
    {
        var write = new Write(batch, cancellationToken);
        Assert.True(_writes.TryAdd(batch.FirstOffset, write));
        await write.Task;
    }

    private async Task<Write> BegunAsync(long firstOffset)
    {
        await Eventually.TrueAsync($"the write from offset {firstOffset}", () => _writes.ContainsKey(firstOffset));
        return _writes[firstOffset];
    }

    /// <summary>A write that ends when the test says so.</summary>
    private sealed record Write(TickBatch Batch, CancellationToken Token)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _end.Task;

        public void End() => _end.SetResult();

        public void Fail(Exception exception) => _end.SetException(exception);

        /// <summary>When the pipeline has seen the end: it gives the rows back last.</summary>
        public Task EndedAsync() => Eventually.TrueAsync("the end of a write", () => Batch.Rows.IsEmpty);
    }
}
