using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StockAspire.TickStore;
using StockAspire.TickStream;

namespace StockAspire.Sink.Service.Tests;

/// <summary>The whole Sink between a broker and a store in memory.</summary>
public sealed class SinkEndToEndTests : IAsyncDisposable
{
    private static readonly string[] Symbols = ["AAPL", "MSFT", "QQQ", "SPY"];

    private readonly FakeTickStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Sink_StoresExactlyWhatTheTopicHolds_AndCommitsItsEnd()
    {
        await using var broker = await TestBroker.StartAsync();
        Dictionary<(string, ulong), long> expected = [];
        for (var partition = 0; partition < TestBroker.Partitions; partition++)
        {
            // Blocks of 1, 7 and 4,096 ticks, then the first of them again: the first delivery must be kept.
            await broker.SendTicksAsync(partition, Symbols[partition], 0, 50, 1);
            await broker.SendTicksAsync(partition, Symbols[partition], 50, 700, 7);
            await broker.SendTicksAsync(partition, Symbols[partition], 750, 10_000, 4096);
            await broker.SendTicksAsync(partition, Symbols[partition], 0, 50, 10);
            for (var sequence = 0; sequence < 10_750; sequence++)
            {
                var offset = sequence < 50 ? sequence : sequence < 750 ? 50 + ((sequence - 50) / 7) : 150 + ((sequence - 750) / 4096);
                expected.Add((Symbols[partition], (ulong)sequence), offset);
            }
        }

        await using var sink = await TestSink.StartAsync(broker, _store);
        await CaughtUpAsync(broker);

        Assert.Equal(expected.Count, _store.Count);
        foreach (var row in _store.Rows)
        {
            Assert.Equal(expected[(row.Tick.Symbol, row.Tick.Id.Sequence)], row.Position);
            Assert.Equal(Ticks.Of(row.Tick.Id.Sequence, row.Tick.Symbol), row.Tick);
        }

        Assert.Equal(HealthStatus.Healthy, (await sink.HealthAsync()).Status);
    }

    [Fact]
    public async Task TwoSinks_RebalancingWhileTicksFlow_LoseNothing()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var first = await TestSink.StartAsync(broker, _store);
        using var enough = new CancellationTokenSource();
        var sent = 0;
        var flow = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await Task.WhenAll(Enumerable.Range(0, TestBroker.Partitions).Select(partition => broker.SendTicksAsync(partition, Symbols[partition], sent, 20, 3)));
                sent += 20;
            }
        });
        await Eventually.TrueAsync(() => first.Status.Partitions.Count == TestBroker.Partitions && _store.Count > 0);

        await using (var second = await TestSink.StartAsync(broker, _store, "sink-2"))
        {
            await Eventually.TrueAsync(() => first.Status.Partitions.Count == 2 && second.Status.Partitions.Count == 2);
            var before = _store.Count;
            await Eventually.TrueAsync(() => _store.Count > before + 200);
        }

        // A static member that stops keeps its partitions until its session is over.
        await Eventually.TrueAsync(() => first.Status.Partitions.Count == TestBroker.Partitions);
        await enough.CancelAsync();
        await flow;
        await CaughtUpAsync(broker);
        AssertHoldsAll(sent);
    }

    [Fact]
    public async Task ASinkThatDies_IsFollowedByOneThatReadsAgainWhatWasNotCommitted()
    {
        await using var broker = await TestBroker.StartAsync();
        await SendAsync(broker, 5_000, blockRows: 50);
        _store.OnWrite = (_, _) => _store.RowsWritten > 6_000 ? throw new TickStoreSchemaException("version 9") : Task.CompletedTask;
        await using (var dying = await TestSink.StartAsync(broker, _store, "sink-1", ("Sink:BatchRows", "100")))
        {
            await Assert.ThrowsAsync<TickStoreSchemaException>(() => dying.Ended);
        }

        Assert.InRange(_store.Count, 6_000, 19_999);
        var stored = _store.Rows.GroupBy(row => row.Tick.Symbol).ToDictionary(rows => rows.Key, rows => rows.Select(row => row.Position).ToHashSet());
        var committed = broker.Committed();
        for (var partition = 0; partition < TestBroker.Partitions; partition++)
        {
            var positions = stored.GetValueOrDefault(Symbols[partition], []);
            Assert.All(Enumerable.Range(0, (int)committed[partition]), offset => Assert.Contains(offset, positions));
        }

        _store.OnWrite = (_, _) => Task.CompletedTask;
        await using var next = await TestSink.StartAsync(broker, _store);
        await CaughtUpAsync(broker);
        AssertHoldsAll(5_000);
    }

    [Fact]
    public async Task WhileTheStoreIsDown_TheSinkKeepsItsPartitionsAndAFewBatches_AndThenGoesOn()
    {
        await using var broker = await TestBroker.StartAsync();
        var isDown = true;
        _store.OnWrite = (_, _) => isDown ? throw new TickStoreUnavailableException("no such host") : Task.CompletedTask;
        await using var sink = await TestSink.StartAsync(broker, _store, "sink-1", ("Sink:BatchRows", "100"), ("Sink:MaxInFlightBatches", "4"));
        await SendAsync(broker, 5_000, blockRows: 50);

        // More rows than the pipelines hold: the rest must wait in Kafka. Four writes out, one a partition, is all.
        await Eventually.TrueAsync(() => _store.Calls >= 12);
        var health = await sink.HealthAsync();
        Assert.Equal((HealthStatus.Degraded, "the store takes no rows: no such host"), (health.Status, health.Description));
        Assert.Equal([0, 0, 0, 0], broker.Committed());
        await Eventually.TrueAsync(() => sink.Status.Partitions.Count == TestBroker.Partitions);

        isDown = false;
        await CaughtUpAsync(broker);
        AssertHoldsAll(5_000);
        Assert.Equal(_store.Count, _store.RowsWritten);
        Assert.Equal(HealthStatus.Healthy, (await sink.HealthAsync()).Status);
    }

    [Fact]
    public async Task WhatIsNoBlock_GoesToTheDeadLetters_AndTheRestIsStored()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.SendTicksAsync(1, "MSFT", 0, 10, 5);
        await broker.SendAsync(1, "not a block"u8.ToArray());
        await broker.SendTicksAsync(1, "MSFT", 10, 10, 5);
        await using var sink = await TestSink.StartAsync(broker, _store);
        await CaughtUpAsync(broker);

        Assert.Equal(20, _store.Count);
        var letter = Assert.Single(broker.DeadLetters());
        Assert.Equal("not a block"u8.ToArray(), letter.Message.Value);
        Assert.Equal("ticks/1/2", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Position)));
        Assert.Equal("sink", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Stage)));
    }

    [Fact]
    public async Task Stop_WithWritesOut_StoresAndCommitsWhatWasRead()
    {
        await using var broker = await TestBroker.StartAsync();
        var isSlow = new TaskCompletionSource();
        _store.OnWrite = (_, cancellationToken) => isSlow.Task.WaitAsync(cancellationToken);
        await using var sink = await TestSink.StartAsync(broker, _store);
        await SendAsync(broker, 100, blockRows: 10);
        await Eventually.TrueAsync(() => _store.Calls == TestBroker.Partitions);
        var stop = sink.StopAsync();
        Assert.False(stop.IsCompleted);
        isSlow.SetResult();
        await stop;

        Assert.True(sink.Ended.IsCompletedSuccessfully);
        var committed = broker.Committed();
        for (var partition = 0; partition < TestBroker.Partitions; partition++)
        {
            Assert.Equal(committed[partition] * 10, _store.Rows.Count(row => row.Tick.Symbol == Symbols[partition]));
            Assert.NotEqual(0, committed[partition]);
        }
    }

    [Fact]
    public async Task WhenTheBrokerGoesAndComesBack_TheSinkGoesOnByItself()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var sink = await TestSink.StartAsync(broker, _store);
        await SendAsync(broker, 500, blockRows: 10);
        await CaughtUpAsync(broker);
        await broker.StopAsync();
        await broker.RestartAsync();
        await Task.WhenAll(Enumerable.Range(0, TestBroker.Partitions).Select(partition => broker.SendTicksAsync(partition, Symbols[partition], 500, 500, 10)));

        await CaughtUpAsync(broker);
        AssertHoldsAll(1_000);
        Assert.False(sink.Ended.IsCompleted);
    }

    [Fact]
    public async Task Start_BeforeTheBroker_WaitsForIt_AndSaysSo()
    {
        await using var broker = await TestBroker.StartAsync();
        await SendAsync(broker, 10, blockRows: 10);
        await broker.StopAsync();
        await using var sink = await TestSink.StartAsync(broker, _store);
        await Eventually.TrueAsync(() => sink.Status.WaitingFor == "Kafka");
        var health = await sink.HealthAsync();
        Assert.Equal((HealthStatus.Unhealthy, "waiting for Kafka"), (health.Status, health.Description));
        await broker.RestartAsync();

        await Eventually.TrueAsync(() => _store.Count == 40);
        Assert.Equal(HealthStatus.Healthy, (await sink.HealthAsync()).Status);
    }

    private static async Task SendAsync(TestBroker broker, int count, int blockRows) =>
        await Task.WhenAll(Enumerable.Range(0, TestBroker.Partitions).Select(partition => broker.SendTicksAsync(partition, Symbols[partition], 0, count, blockRows)));

    private static async Task CaughtUpAsync(TestBroker broker)
    {
        var ends = broker.Ends();
        await Eventually.TrueAsync("the Sink's commit of " + string.Join(' ', ends), () => broker.Committed().SequenceEqual(ends));
    }

    private void AssertHoldsAll(int count)
    {
        var missing = Symbols.SelectMany(symbol => Enumerable.Range(0, count).Select(sequence => (symbol, (ulong)sequence)))
            .Except(_store.Rows.Select(row => (row.Tick.Symbol, row.Tick.Id.Sequence)));
        Assert.Empty(missing);
        Assert.Equal(Symbols.Length * count, _store.Count);
    }
}
