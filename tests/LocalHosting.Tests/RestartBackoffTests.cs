namespace StockAspire.LocalHosting.Tests;

public sealed class RestartBackoffTests
{
    [Fact]
    public void Delays_Double_UpToTheLongest_AndBeginAgainAfterALongRun()
    {
        var backoff = new RestartBackoff();

        var delays = Enumerable.Range(0, 100).Select(_ => backoff.Next(TimeSpan.FromSeconds(1)).TotalMilliseconds).ToList();

        Assert.Equal([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000], delays.Take(9));
        Assert.Equal(30_000, delays[^1]);
        Assert.Equal(RestartBackoff.First, backoff.Next(RestartBackoff.ForgivenAfter));
        Assert.Equal(1, backoff.Attempt);
    }
}
