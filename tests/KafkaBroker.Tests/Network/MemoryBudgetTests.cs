using StockAspire.KafkaBroker.Network;

namespace StockAspire.KafkaBroker.Tests.Network;

public sealed class MemoryBudgetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_too_late_waits_until_enough_is_given_back()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryAcquire(80));
        var waiting = budget.AcquireAsync(50, rest: null, Cancellation).AsTask();
        budget.Release(20);
        Assert.False(waiting.IsCompleted);
        budget.Release(20);
        Assert.Equal(50, await waiting);
        Assert.Equal(90, budget.Used);
    }

    [Fact]
    public async Task Small_wishes_do_not_overtake_a_large_one_that_waits()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryAcquire(60));
        var large = budget.AcquireAsync(90, rest: null, Cancellation).AsTask();
        var small = budget.AcquireAsync(10, rest: null, Cancellation).AsTask();
        Assert.False(budget.TryAcquire(10));
        Assert.False(small.IsCompleted);
        budget.Release(60);
        Assert.Equal(90, await large);
        Assert.Equal(10, await small);
    }

    [Fact]
    public async Task More_than_the_limit_is_given_to_one_who_is_alone()
    {
        var budget = new MemoryBudget(100);
        Assert.Equal(500, await budget.AcquireAsync(500, rest: null, Cancellation));
        Assert.False(budget.TryAcquire(1));
    }

    [Fact]
    public async Task Holders_of_parts_do_not_wait_for_one_another_for_ever()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryAcquire(50));
        Assert.True(budget.TryAcquire(50));
        var first = await budget.AcquireAsync(50, rest: 150, Cancellation); // to 100, and to 200 at once if beyond the limit
        var second = budget.AcquireAsync(50, rest: 150, Cancellation).AsTask();
        Assert.Equal(150, first);
        Assert.Equal(250, budget.Used);
        Assert.False(second.IsCompleted); // no second one goes beyond
        budget.Release(200);
        Assert.Equal(50, await second);
    }

    [Fact]
    public async Task Who_gives_up_lets_the_next_one_go_on()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryAcquire(60));
        using var cancelled = new CancellationTokenSource();
        var large = budget.AcquireAsync(90, rest: null, cancelled.Token).AsTask();
        var small = budget.AcquireAsync(30, rest: null, Cancellation).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => large);
        Assert.Equal(30, await small);
        Assert.False(await budget.TryAcquireAsync(50, TimeSpan.FromMilliseconds(1), Cancellation));
        budget.Release(90);
        Assert.Equal(0, budget.Used);
    }
}
