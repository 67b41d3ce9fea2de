using System.Text;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

public sealed class ColumnFileTests : FeedFixture
{
    [Fact]
    public void Columns_and_constants_are_mapped_and_the_rest_stay_as_attributes()
    {
        var path = Write("x.csv", "When,Last,Qty,Mkt,Flags,Bid Price,isOdd,Note,Empty\n2024-01-02 09:30:00.000000001,1.5,2,Q,@ T;37,1.49,TRUE,hello,\n");
        var mapping = FeedMapping.Parse(["symbol==SPY", "time=when", "price=Last", "size=Qty", "venue=Mkt", "conditions=Flags"], "America/New_York");

        var rows = ReadAll(path, mapping);

        Assert.Equal(
            new Tick
            {
                Id = new TickId(rows.Source, 1),
                Symbol = "SPY",
                EventTimeNs = 1_704_205_800_000_000_001,
                Price = new Price(1_500_000_000),
                Size = new Size(200_000_000),
                Venue = "Q",
                Conditions = ConditionSet.Of("@", "T", "37"),
                Attributes = AttributeMap.Of(
                    new("bid_price", AttributeValue.Number("1.49")),
                    new("is_odd", AttributeValue.Flag(true)),
                    new("note", AttributeValue.OfText("hello"))),
            },
            Assert.Single(rows.Ticks));
        Assert.Equal(
            "conditions=Flags\nformat==columns\nprice=Last\nsize=Qty\nsymbol==SPY\ntime=when\ntimezone==America/New_York\nvenue=Mkt",
            rows.Mapping.CanonicalText);
    }

    [Fact]
    public void What_the_CLI_prints_can_be_read_without_a_mapping()
    {
        var rows = ReadAll(Write("out.csv", "symbol,event_time,price,size,venue,conditions,source,sequence\nSPY,2013-10-07T08:00:00.464000000Z,167.41,100,P,20002000,csv:1,7\n"));

        var tick = Assert.Single(rows.Ticks);
        Assert.Equal(("SPY", 1_381_132_800_464_000_000, "P", "20002000"), (tick.Symbol, tick.EventTimeNs, tick.Venue, tick.Conditions.ToString()));
        Assert.Equal(["sequence", "source"], tick.Attributes.Select(pair => pair.Key));
    }

    [Theory]
    [InlineData("auto", "2023-11-14T22:13:20Z", 1_700_000_000_000_000_000)]
    [InlineData("auto", "1700000000.5", 1_700_000_000_500_000_000)]
    [InlineData("s", "1700000000123", -1)]
    [InlineData("s", "17", 17_000_000_000)]
    [InlineData("ms", "17", 17_000_000)]
    [InlineData("us", "17.001", 17_001)]
    [InlineData("ns", "17", 17)]
    [InlineData("ns", "17.5", -1)]
    [InlineData("text", "17", -1)]
    public void Times_have_the_format_of_the_mapping(string format, string text, long expectedNs)
    {
        var mapping = FeedMapping.Parse(format == "auto" ? ["symbol==X"] : ["symbol==X", "time_format==" + format]);

        var rows = ReadAll(Write("x.csv", $"time,price,size\n{text},1,1\n"), mapping);

        Assert.Equal(expectedNs, rows.Ticks.Count == 1 ? rows.Ticks[0].EventTimeNs : -1);
        Assert.All(rows.Rejects, reject => Assert.Equal("event_time_ns", reject.Fault.Field));
    }

    [Theory]
    [InlineData("time,price,size\n", "", "expected the header")]
    [InlineData("time,price,size\n", "price=Close symbol==X", "expected column \"Close\" for price")]
    [InlineData("time,price\n", "symbol==X", "expected a mapping for size")]
    [InlineData("symbol,time,price,size,Price\n", "", "\"price\" is there twice")]
    [InlineData("symbol,time,price,size,a b,A-B\n", "", "\"a_b\" is there twice")]
    [InlineData("\"symbol,time\n", "", "expected a closing quote")]
    [InlineData("symbol,price,x\n", "format==index", "expected column \"Index\" for symbol")]
    [InlineData("symbol,time,price,size\n", "timezone==Mars/Base", "Mars/Base")]
    public void What_is_wrong_with_a_file_is_told_when_it_is_opened(string text, string mapping, string words)
    {
        var assignments = mapping.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var error = Refused(Write("x.csv", text), FeedMapping.Parse(assignments));

        Assert.Contains(words.Replace("expected the header", "Expected the header", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
        Assert.Contains(words.Contains("Mars", StringComparison.Ordinal) ? "timezone" : "x.csv", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\n\r\n")]
    public void An_empty_file_is_refused(string text) =>
        Assert.Contains("the file is empty", Refused(Write("x.csv", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_that_are_not_there_or_hold_no_CSV_are_refused()
    {
        Assert.Contains("cannot be read", Assert.Throws<FeedException>(() => FeedFile.Open("/no/such.csv")).Message, StringComparison.Ordinal);
        Assert.Contains("*.csv", Assert.Throws<FeedException>(() => FeedFile.Open(WriteZip("a.zip", ("b.txt", "")))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<FeedException>(() => FeedFile.Open(Write("b.zip", "PK\u0003\u0004 no more"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_archive_is_told_when_its_rows_are_read()
    {
        var whole = File.ReadAllBytes(WriteZip("spy_20131007_trade.zip", ("a.csv", string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i},{10_000 + (i * 7919 % 997)},1,P,1,0\n")))));
        whole.AsSpan(whole.Length / 2, 64).Fill(0xFF);
        using var file = FeedFile.Open(Write("ibm_20131007_trade.zip", whole));

        var error = Assert.Throws<FeedException>(() =>
        {
            using var reader = FeedReader.Open(file);
            FeedRows.Of(reader, 1000);
        });

        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("price", "FIELD=COLUMN")]
    [InlineData("=x", "FIELD=COLUMN")]
    [InlineData("price=", "a column or =VALUE")]
    [InlineData("colour=x", "one of symbol, time, price")]
    [InlineData("0=x", "one of symbol, time, price")]
    [InlineData("format==xml", "index, trades or columns")]
    [InlineData("format==1", "index, trades or columns")]
    [InlineData("date==7.10.2013", "a date such as")]
    [InlineData("time_format==h", "text, s, ms, us or ns")]
    public void A_malformed_mapping_is_told_with_its_key(string assignment, string words)
    {
        var error = Assert.Throws<FeedException>(() => FeedMapping.Parse([assignment]));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("Mapping ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_is_the_same_by_its_canonical_text_whatever_the_order()
    {
        var mapping = FeedMapping.Parse(["price=Close", "event_time=Day", "symbol==SPY", "time_format==ms"], "UTC");

        Assert.Equal(mapping.Hash, FeedMapping.ParseCanonical(mapping.CanonicalText).Hash);
        Assert.Equal(
            mapping.Hash,
            FeedMapping.FromPairs([new("timezone", "UTC"), new("time_format", "ms"), new("symbol", "=SPY"), new("time", "Day"), new("price", "Close")]).Hash);
        Assert.NotEqual(mapping.Hash, FeedMapping.Parse(["price=Close", "event_time=Day", "symbol=SPY", "time_format==ms"], "UTC").Hash);
        Assert.Throws<FeedException>(() => FeedMapping.Parse(["time=a", "event_time=b"]));
    }

    [Fact]
    public void Standard_input_is_read_once_under_a_source_of_its_own()
    {
        using var file = FeedFile.FromStream(new MemoryStream("symbol,time,price,size\nX,1,2,3\n"u8.ToArray()), FeedFile.StandardInput);
        Assert.Throws<FeedException>(() => FeedReader.Open(file));
        using var again = FeedFile.FromStream(new MemoryStream("symbol,time,price,size\nX,1,2,3\n"u8.ToArray()), FeedFile.StandardInput);

        using var reader = FeedReader.Open(again, null, "me");

        Assert.Equal("me:1", Assert.Single(FeedRows.Of(reader, 10).Ticks).Id.ToString());
        Assert.Contains("only once", Assert.Throws<FeedException>(() => FeedReader.Open(again, null, "me")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_can_be_passed_over_and_come_in_batches_of_any_size()
    {
        var path = Write("spy_20131007_trade.csv", string.Concat(Enumerable.Range(1, 1000).Select(i => i % 10 == 0 ? "bad\n" : $"{i},10000,{i},P,1,0\n")));
        var whole = ReadAll(path);

        foreach (var from in new ulong[] { 0, 1, 2, 10, 11, 999, 1000, 1001, 5000 })
        {
            var rest = ReadAll(path, batchRows: 7, from: from);
            Assert.Equal(whole.Ticks.Where(tick => tick.Id.Sequence >= from), rest.Ticks);
            Assert.Equal(whole.Rejects.Where(reject => reject.Sequence >= from).Select(reject => (reject.Sequence, reject.Line)), rest.Rejects.Select(reject => (reject.Sequence, reject.Line)));
        }
    }

    [Fact]
    public void Invalid_UTF8_is_a_reject_and_times_too_far_off_are_too()
    {
        using var file = FeedFile.Open(Write("x.csv", [.. "symbol,time,price,size\nX"u8, 0xC3, 0x28, .. ",1,2,3\nX,2000000000,2,3\nX,1,2,3\n"u8]));
        using var reader = FeedReader.Open(file);
        reader.EventTimeMaxNs = 1_900_000_000_000_000_000;

        var rows = FeedRows.Of(reader, 10);

        Assert.Equal(["symbol", "event_time_ns"], rows.Rejects.Select(reject => reject.Fault.Field));
        Assert.Contains("\\xC3(", rows.Rejects[0].Fault.Actual, StringComparison.Ordinal);
        Assert.Equal(3UL, Assert.Single(rows.Ticks).Id.Sequence);
    }

    [Fact]
    public void Reading_trades_allocates_nothing_per_row()
    {
        // Under a byte a row.
        const long AllocatedMax = 30_000;
        var text = new StringBuilder();
        for (var i = 0; i < 40_000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i * 100},{1_670_000 + (i % 50)},{i % 900},{"PQZ"[i % 3]},{(i % 2 == 0 ? "20000020" : "1")},{(i % 5 == 0 ? 1 : 0)}\n");
        }

        using var file = FeedFile.Open(Write("spy_20131007_trade.csv", text.ToString()));

        // What the runtime's unoptimised code boxes ends when it has compiled the hot path again, some passes on.
        var least = long.MaxValue;
        for (var pass = 0; pass < 50 && least > AllocatedMax; pass++)
        {
            using var reader = FeedReader.Open(file);
            var batch = new FeedBatch();
            reader.Read(batch);
            var before = GC.GetAllocatedBytesForCurrentThread();
            while (reader.Read(batch))
            {
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(40_000UL, reader.TickCount);
        }

        Assert.InRange(least, 0, AllocatedMax);
    }
}
