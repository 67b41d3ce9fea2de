using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

public sealed class TradeFileTests : FeedFixture
{
    [Fact]
    public void A_row_becomes_a_tick_with_every_field()
    {
        var path = Write("spy_20131007_trade.csv", "14400464,1674100,100,P,20002000,0\n14400465,1674150,1400,D,0,1\n");

        var rows = ReadAll(path);

        Assert.Empty(rows.Rejects);
        Assert.Equal(
            new Tick
            {
                Id = new TickId(rows.Source, 1),
                Symbol = "SPY",
                EventTimeNs = Ns("2013-10-07T08:00:00.464Z"),
                Price = new Price(167_410_000_000),
                Size = new Size(10_000_000_000),
                Venue = "P",
                Conditions = ConditionSet.Of("20002000"),
            },
            rows.Ticks[0]);
        Assert.Equal(
            new Tick
            {
                Id = new TickId(rows.Source, 2),
                Symbol = "SPY",
                EventTimeNs = Ns("2013-10-07T08:00:00.465Z"),
                Price = new Price(167_415_000_000),
                Size = new Size(140_000_000_000),
                Venue = "D",
                Attributes = AttributeMap.Of(new KeyValuePair<string, AttributeValue>("suspicious", AttributeValue.Flag(true))),
            },
            rows.Ticks[1]);
    }

    [Theory]
    [InlineData("20131101", "34200000", "2013-11-01T13:30:00Z")] // the last Friday of summer time
    [InlineData("20131104", "34200000", "2013-11-04T14:30:00Z")] // the Monday after
    [InlineData("20131103", "3600000", "2013-11-03T05:00:00Z")] // 01:00 comes twice; the first is meant
    [InlineData("20131103", "7199999", "2013-11-03T05:59:59.999Z")]
    [InlineData("20131103", "7200000", "2013-11-03T07:00:00Z")]
    [InlineData("20140309", "7199999", "2014-03-09T06:59:59.999Z")]
    [InlineData("20140309", "10800000", "2014-03-09T07:00:00Z")]
    [InlineData("20131007", "0", "2013-10-07T04:00:00Z")]
    [InlineData("20131007", "86399999", "2013-10-08T03:59:59.999Z")]
    public void Local_time_of_day_is_New_York_on_that_day(string date, string ms, string expected)
    {
        var rows = ReadAll(Write($"spy_{date}_trade.csv", $"{ms},10000,1,P,1,0\n"));

        Assert.Equal(UnixTime.Format(Ns(expected)), UnixTime.Format(Assert.Single(rows.Ticks).EventTimeNs));
    }

    [Theory]
    [InlineData("7200000,10000,1,P,1,0", "event_time_ns")] // 02:00 to 03:00 did not exist on that day
    [InlineData("86400000,10000,1,P,1,0", "event_time_ns")]
    [InlineData("-1,10000,1,P,1,0", "event_time_ns")]
    [InlineData("1.5,10000,1,P,1,0", "event_time_ns")]
    [InlineData(",10000,1,P,1,0", "event_time_ns")]
    [InlineData("1,abc,1,P,1,0", "price_e9")]
    [InlineData("1,0.000001,1,P,1,0", "price_e9")]
    [InlineData("1,92233720368547759,1,P,1,0", "price_e9")]
    [InlineData("1,10000,-1,P,1,0", "size_e8")]
    [InlineData("1,10000,,P,1,0", "size_e8")]
    [InlineData("1,10000,1,P,xyz,0", "conditions")]
    [InlineData("1,10000,1,P,1,2", "attributes.suspicious")]
    [InlineData("1,10000,1,P,1", "row")]
    [InlineData("1,10000,1,P,1,0,0", "row")]
    public void A_bad_row_is_a_reject_with_line_field_and_raw_bytes(string row, string field)
    {
        var rows = ReadAll(Write("spy_20140309_trade.csv", $"1,10000,1,P,1,0\r\n{row}\r\n2,10000,1,P,1,0\r\n"));

        var reject = Assert.Single(rows.Rejects);
        Assert.Equal((2UL, 2L, field), (reject.Sequence, reject.Line, reject.Fault.Field));
        Assert.Equal(row, System.Text.Encoding.UTF8.GetString(reject.Raw.Span));
        Assert.Equal([1UL, 3UL], rows.Ticks.Select(tick => tick.Id.Sequence));
    }

    [Fact]
    public void An_archives_entry_has_a_name_of_its_own()
    {
        var rows = ReadAll(WriteZip("spy_20131007_trade.zip", ("20131007_spy_Trade_Tick.csv", "1,10000,1,P,1,0\n"), ("readme.txt", "no rows")));

        Assert.Equal("SPY", Assert.Single(rows.Ticks).Symbol);
        Assert.Equal("date==2013-10-07\nformat==trades\nsymbol==SPY\ntimezone==America/New_York", rows.Mapping.CanonicalText);
    }

    [Fact]
    public void Entries_are_read_in_the_order_of_their_names_and_numbered_through()
    {
        var rows = ReadAll(WriteZip(
            "week.zip",
            ("b/20131008_ibm_Trade_Tick.csv", "2,10000,1,P,1,0\nbad\n"),
            ("a/20131007_spy_Trade_Tick.csv", "1,10000,1,P,1,0\n"),
            ("a/empty.csv", ""),
            ("c/20131009_aig_Trade_Tick.csv", "\n3,10000,1,P,1,0\n")));

        Assert.Equal([("SPY", 1UL), ("IBM", 2UL), ("AIG", 4UL)], rows.Ticks.Select(tick => (tick.Symbol, tick.Id.Sequence)));
        var reject = Assert.Single(rows.Rejects);
        Assert.Equal(("b/20131008_ibm_Trade_Tick.csv", 2L, 3UL), (reject.Entry, reject.Line, reject.Sequence));
        Assert.Equal("format==trades\ntimezone==America/New_York", rows.Mapping.CanonicalText);
    }

    [Fact]
    public void Symbol_date_and_zone_can_be_given()
    {
        var mapping = FeedMapping.Parse(["format==trades", "symbol==TSCO", "date==2024-07-01"], "Europe/London");

        var tick = Assert.Single(ReadAll(Write("any.csv", "28800000,10000,1,L,1,0\n"), mapping).Ticks);

        Assert.Equal(("TSCO", Ns("2024-07-01T07:00:00Z")), (tick.Symbol, tick.EventTimeNs));
    }

    [Fact]
    public void A_trade_file_without_a_telling_name_says_what_it_needs()
    {
        var error = Refused(Write("any.csv", "1,10000,1,P,1,0\n"), FeedMapping.Parse(["format==trades"]));

        Assert.Contains("symbol==SPY and date==2013-10-07", error.Message, StringComparison.Ordinal);
    }

    private static long Ns(string text) => UnixTime.TryParse(text, out var ns) ? ns : throw new FormatException(text);
}
