using StockAspire.Ingest.Publishing;

namespace StockAspire.Ingest.Service.Tests.Publishing;

public sealed class WeightedGateTests
{
    [Fact]
    public async Task What_does_not_fit_waits_and_enters_in_order()
    {
        var gate = new WeightedGate(10);
        await gate.EnterAsync(8, default);
        var large = gate.EnterAsync(9, default).AsTask();
        var small = gate.EnterAsync(1, default).AsTask();
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);
        Assert.False(gate.TryEnter(1));
        gate.Leave(8);
        await Task.WhenAll(large, small).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(10, gate.Used);
    }

    [Fact]
    public async Task Who_gives_up_makes_room_for_the_next()
    {
        var gate = new WeightedGate(10);
        await gate.EnterAsync(5, default);
        using var cancel = new CancellationTokenSource();
        var gone = gate.EnterAsync(9, cancel.Token).AsTask();
        var next = gate.EnterAsync(5, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => gone);
        await next.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(10, gate.Used);
    }

    [Fact]
    public void A_weight_above_the_capacity_enters_alone()
    {
        var gate = new WeightedGate(10);
        Assert.True(gate.TryEnter(100));
        Assert.False(gate.TryEnter(1));
        gate.Leave(100);
        Assert.True(gate.TryEnter(1));
        Assert.False(gate.TryEnter(100));
    }
}
