using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

public sealed class FeedTableTests : FeedFixture
{
    private const string Rows = "Index,Date,Open,High,Low,Close,Adj Close,Volume,CloseUSD\nHSI,1986-12-31,1,1,1,10,1,0,1\nHSI,never,1,1,1,1,1,0,1\nNYA,1999-01-01,1,1,1,20,1,0,1\n";

    [Theory]
    // By another program (Python), from the definition in the docstring.
    [InlineData(0UL, 0UL, 1000, 883)]
    [InlineData(0UL, 1UL, 1000, 893)]
    [InlineData(42UL, 0UL, 1000, 741)]
    [InlineData(42UL, 1UL, 1000, 975)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, 1_000_000, 987_354)]
    [InlineData(7UL, 7UL, 1, 0)]
    public void The_row_of_a_draw_is_the_same_for_ever(ulong seed, ulong sequence, int count, int expected) =>
        Assert.Equal(expected, FeedTable.RowOf(seed, sequence, count));

    [Fact]
    public void Every_row_is_drawn_about_as_often()
    {
        const int Count = 10;
        var drawn = new int[Count];
        for (var sequence = 1UL; sequence <= 100_000; sequence++)
        {
            drawn[FeedTable.RowOf(5, sequence, Count)]++;
        }

        // Ten standard deviations (95) about the mean.
        Assert.All(drawn, each => Assert.InRange(each, 9_050, 10_950));
    }

    [Fact]
    public void A_drawn_tick_has_the_identity_and_time_of_its_draw_and_keeps_its_date()
    {
        using var file = FeedFile.Open(Write("indices.csv", Rows));
        using var reader = FeedReader.Open(file);
        var rejects = new List<RowReject>();
        var table = FeedTable.Load(reader, onRejects: rejects.AddRange);
        Assert.Equal((2, 1), (table.Count, rejects.Count));
        var row = FeedTable.RowOf(3, 9, 2);

        var tick = table.Draw(3, new TickId("run:x", 9), 77);

        Assert.Equal(("run:x:9", 77L, row == 0 ? "HSI" : "NYA"), (tick.Id.ToString(), tick.EventTimeNs, tick.Symbol));
        Assert.True(tick.Attributes.TryGetValue("date", out var date));
        Assert.Equal(row == 0 ? "1986-12-31" : "1999-01-01", date.Text);
        Assert.True(tick.Attributes.TryGetValue("close_usd", out _));
    }

    [Fact]
    public void A_file_that_is_too_long_or_holds_no_tick_is_refused()
    {
        using var file = FeedFile.Open(Write("indices.csv", Rows));
        using var reader = FeedReader.Open(file);
        Assert.Contains("at most 2 rows", Assert.Throws<FeedException>(() => FeedTable.Load(reader, rowsMax: 2)).Message, StringComparison.Ordinal);
        using var empty = FeedFile.Open(Write("none.csv", Rows[..57]));
        using var none = FeedReader.Open(empty);
        Assert.Throws<FeedException>(() => FeedTable.Load(none));
    }
}
