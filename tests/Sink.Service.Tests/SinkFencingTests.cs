using StockAspire.TickStream;

namespace StockAspire.Sink.Service.Tests;

/// <summary>Two members by one name: the first is fenced. Each test takes a session of the group, 10 s and more.</summary>
public sealed class SinkFencingTests : IAsyncDisposable
{
    private readonly FakeTickStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task AMemberThatIsFencedByOneThatIsGone_JoinsAgain_AndLosesNothing()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var sink = await TestSink.StartAsync(broker, _store);
        await broker.SendTicksAsync(0, "SPY", 0, 1_000, 10);
        await StoredAsync(broker, 1_000);

        // The same member once more, for as long as it takes to have the partitions: the Sink is the old one now.
        var assigned = new TaskCompletionSource();
        using (var other = broker.Clients.BuildGroupConsumer("other", ConsumerGroups.Sink, "sink-1").SetPartitionsAssignedHandler((_, _) => assigned.TrySetResult()).Build())
        {
            other.Subscribe(Topics.Ticks);
            await Eventually.TrueAsync(() => other.Consume(TimeSpan.Zero) is null && assigned.Task.IsCompleted);
        }

        await broker.SendTicksAsync(0, "SPY", 1_000, 1_000, 10);
        await StoredAsync(broker, 2_000);
        Assert.False(sink.Ended.IsCompleted);
    }

    [Fact]
    public async Task OfTwoSinksByOneName_TheFirstEndsAndSaysWhy_AndTheSecondLosesNothing()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var first = await TestSink.StartAsync(broker, _store);
        await broker.SendTicksAsync(0, "SPY", 0, 1_000, 10);
        await StoredAsync(broker, 1_000);

        await using var second = await TestSink.StartAsync(broker, _store);
        await Eventually.TrueAsync(() => second.Status.Partitions.Count == TestBroker.Partitions);
        await broker.SendTicksAsync(0, "SPY", 1_000, 1_000, 10);
        await Eventually.TrueAsync(() => first.Ended.IsCompleted);
        await broker.SendTicksAsync(0, "SPY", 2_000, 1_000, 10);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => first.Ended);
        Assert.Equal("Another Sink runs with Sink:Instance sink-1 and has displaced this one: each Sink needs a Sink:Instance of its own.", error.Message);
        await StoredAsync(broker, 3_000);
        Assert.False(second.Ended.IsCompleted);
        Assert.Equal(TestBroker.Partitions, second.Status.Partitions.Count);
    }

    private async Task StoredAsync(TestBroker broker, int count)
    {
        var ends = broker.Ends();
        await Eventually.TrueAsync("the Sink's commit of " + string.Join(' ', ends), () => broker.Committed().SequenceEqual(ends));
        Assert.Equal(Enumerable.Range(0, count).Select(sequence => (ulong)sequence), _store.Rows.Select(row => row.Tick.Id.Sequence).Order());
    }
}
