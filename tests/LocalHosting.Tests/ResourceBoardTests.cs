namespace StockAspire.LocalHosting.Tests;

public sealed class ResourceBoardTests
{
    private readonly ResourceBoard _board = new(
        [.. ((string[])["one", "two"]).Select(name => new ResourceSnapshot(new ExecutableResource(name, "sh", "/"), Instance: null, DateTimeOffset.UnixEpoch))]);

    [Fact]
    public async Task AWatcher_IsToldAllFirst_AndThenWhatHasChangedMeanwhile_EachOnceAndAsItIsNow()
    {
        await using var watcher = _board.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await watcher.MoveNextAsync());
        Assert.Equal(["one", "two"], watcher.Current.Select(resource => resource.Name));

        for (var pid = 1; pid <= 1_000; pid++)
            _board.Update("two", state => state with { Pid = pid });
        Assert.True(await watcher.MoveNextAsync());

        var change = Assert.Single(watcher.Current);
        Assert.Equal(("two", 1_000), (change.Name, change.Pid));
    }

    [Fact]
    public async Task AnUpdateThatChangesNothing_WakesNobody_AndALaterOneDoes()
    {
        await using var watcher = _board.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await watcher.MoveNextAsync();
        var next = watcher.MoveNextAsync();

        _board.Update("one", state => state with { Pid = null });
        Assert.False(next.IsCompleted);
        _board.Update("one", state => state with { State = ResourceState.Running });

        Assert.True(await next);
        Assert.Equal(ResourceState.Running, Assert.Single(watcher.Current).State);
    }

    [Fact]
    public void WhatIsNotThere_IsAnError() =>
        Assert.Equal("There is no resource 'three'.", Assert.Throws<InvalidOperationException>(() => _board.Get("three")).Message);
}
