using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

public sealed class IndexFileTests : FeedFixture
{
    private const string Header = "Index,Date,Open,High,Low,Close,Adj Close,Volume,CloseUSD\n";

    [Fact]
    public void A_row_becomes_a_tick_with_its_other_columns_as_attributes()
    {
        var rows = ReadAll(Write("indices.csv", Header + "HSI,1986-12-31,2568.300049,2568.300049,2568.300049,2568.300049,2568.300049,0.0,333.87900637\n"));

        var tick = Assert.Single(rows.Ticks);
        Assert.Equal(("HSI", new Price(2_568_300_049_000), new Size(0)), (tick.Symbol, tick.Price, tick.Size));
        Assert.Equal("1986-12-31T00:00:00.000000000Z", UnixTime.Format(tick.EventTimeNs));
        Assert.Equal(
            [("adj_close", "2568.300049"), ("close_usd", "333.87900637"), ("high", "2568.300049"), ("low", "2568.300049"), ("open", "2568.300049")],
            tick.Attributes.Select(pair => (pair.Key, pair.Value.Text)));
        Assert.All(tick.Attributes, pair => Assert.Equal(AttributeKind.Number, pair.Value.Kind));
        Assert.Equal("format==index", rows.Mapping.CanonicalText);
        Assert.StartsWith("csv:", rows.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HSI,1986-12-32,1,1,1,1,1,0,1", "event_time_ns")]
    [InlineData("HSI,31.12.1986,1,1,1,1,1,0,1", "event_time_ns")]
    [InlineData("HSI,1899-12-31,1,1,1,1,1,0,1", "event_time_ns")]
    [InlineData("HSI,1986-12-31,1,1,1,null,1,0,1", "price_e9")]
    [InlineData("HSI,1986-12-31,1,1,1,1.0123456789,1,0,1", "price_e9")]
    [InlineData("HSI,1986-12-31,1,1,1,1,1,-5,1", "size_e8")]
    [InlineData("HSI,1986-12-31,one,1,1,1,1,0,1", "attributes.open")]
    [InlineData(",1986-12-31,1,1,1,1,1,0,1", "symbol")]
    [InlineData("H I,1986-12-31,1,1,1,1,1,0,1", "symbol")]
    [InlineData("HSI,1986-12-31,1,1,1,1,1,0", "row")]
    [InlineData("\"HSI,1986-12-31,1,1,1,1,1,0,1", "row")]
    [InlineData("HSI,\"1986-12-31\"x,1,1,1,1,1,0,1", "row")]
    public void A_bad_row_uses_up_its_sequence_and_takes_no_other_with_it(string row, string field)
    {
        const string Good = "HSI,1986-12-31,1,1,1,1,1,0,1\n";

        var rows = ReadAll(Write("indices.csv", Header + Good + row + "\n" + Good));

        var reject = Assert.Single(rows.Rejects);
        Assert.Equal((2UL, 3L, field), (reject.Sequence, reject.Line, reject.Fault.Field));
        Assert.Equal(row, System.Text.Encoding.UTF8.GetString(reject.Raw.Span));
        Assert.Equal([1UL, 3UL], rows.Ticks.Select(tick => tick.Id.Sequence));
    }

    [Fact]
    public void A_byte_order_mark_and_CRLF_change_nothing_but_the_source()
    {
        const string Rows = Header + "HSI,1986-12-31,1,1,1,1,1,0,1\nNYA,1986-12-31,2,2,2,2,2,7,2\n";
        var plain = ReadAll(Write("a.csv", Rows));

        var other = ReadAll(Write("b.csv", "\uFEFF" + Rows.Replace("\n", "\r\n", StringComparison.Ordinal)));

        Assert.NotEqual(plain.Source, other.Source);
        Assert.Equal(plain.Ticks, other.Ticks.Select(tick => tick with { Id = tick.Id with { Source = plain.Source } }));
    }

    [Fact]
    public void The_same_bytes_and_mapping_are_the_same_source_whatever_the_name()
    {
        const string Rows = Header + "HSI,1986-12-31,1,1,1,1,1,0,1\n";
        var first = ReadAll(Write("a.csv", Rows));

        Assert.Equal(first.Source, ReadAll(Write("b.csv", Rows)).Source);
        Assert.Equal(first.Source, ReadAll(Write("c.csv", Rows), FeedMapping.Parse(["format==index"])).Source);
        Assert.NotEqual(first.Source, ReadAll(Write("d.csv", Rows), FeedMapping.Parse([], "Asia/Hong_Kong")).Source);
    }

    [Fact]
    public void A_header_without_rows_is_a_failure_of_the_file()
    {
        using var file = FeedFile.Open(Write("indices.csv", Header));
        using var reader = FeedReader.Open(file);

        Assert.False(reader.Read(new FeedBatch()));
        Assert.Contains("expected rows below the header", Assert.Throws<FeedException>(reader.ThrowIfNoTick).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_nothing_but_errors_is_a_failure_that_shows_the_first()
    {
        using var file = FeedFile.Open(Write("indices.csv", Header + "HSI,never,1,1,1,1,1,0,1\n"));
        using var reader = FeedReader.Open(file);

        Assert.True(reader.Read(new FeedBatch()));
        var error = Assert.Throws<FeedException>(reader.ThrowIfNoTick);
        Assert.Contains("line 2: event_time_ns: expected a time", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"never\" in column Date", error.Message, StringComparison.Ordinal);
    }
}
