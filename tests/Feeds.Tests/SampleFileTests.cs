namespace StockAspire.Feeds.Tests;

public sealed class SampleFileTests
{
    [Theory]
    [InlineData("indices.csv", 1_800, 6)]
    [InlineData("demo_20240102_trade.csv", 20_000, 1)]
    public void Every_row_of_the_committed_samples_is_a_tick(string name, int rows, int symbols)
    {
        using var file = FeedFile.Open(Path.Combine(Checkout.Root, "samples", name));
        using var reader = FeedReader.Open(file);

        var read = FeedRows.Of(reader, 4096);

        Assert.Empty(read.Rejects);
        Assert.Equal((rows, symbols), (read.Ticks.Count, read.Ticks.Select(tick => tick.Symbol).Distinct().Count()));
        Assert.Equal(read.Ticks.Select(tick => tick.EventTimeNs).Order(), read.Ticks.Select(tick => tick.EventTimeNs));
    }
}
