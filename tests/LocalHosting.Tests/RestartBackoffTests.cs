namespace StockAspire.LocalHosting.Tests;

public sealed class RestartBackoffTests
{
    [Fact]
    public void Delays_Double_UpToTheLongest_AndBeginAgainAfterALongRun()
    {
        var backoff = new RestartBackoff();

        var delays = Enumerable.Range(0, RestartBackoff.RestartsMax).Select(_ => backoff.Next(TimeSpan.FromSeconds(1), cameUp: false)?.TotalMilliseconds);

        Assert.Equal([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000], delays);
        Assert.Equal(RestartBackoff.First, backoff.Next(RestartBackoff.ForgivenAfter, cameUp: false));
        Assert.Equal(1, backoff.Attempt);
    }

    [Fact]
    public void AfterSoManyShortRuns_ThereIsNoMore_UntilSomebodyStartsItByHand()
    {
        var backoff = new RestartBackoff();
        for (var restart = 0; restart < RestartBackoff.RestartsMax; restart++)
            Assert.NotNull(backoff.Next(TimeSpan.Zero, cameUp: false));

        Assert.Null(backoff.Next(TimeSpan.Zero, cameUp: false));
        Assert.Null(backoff.Next(RestartBackoff.ForgivenAfter - TimeSpan.FromTicks(1), cameUp: false));
        backoff.Reset();

        Assert.Equal(RestartBackoff.First, backoff.Next(TimeSpan.Zero, cameUp: false));
    }

    [Fact]
    public void WhatComesUpAndCrashes_IsStartedAgainForEver_ButNoOftener()
    {
        var backoff = new RestartBackoff();

        var delays = Enumerable.Range(0, 100).Select(_ => backoff.Next(TimeSpan.FromSeconds(5), cameUp: true)).ToList();

        Assert.Equal(RestartBackoff.First, delays[0]);
        Assert.Equal(RestartBackoff.Longest, delays[^1]);
    }
}
