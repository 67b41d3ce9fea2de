using System.Text;
using StockAspire.Feeds.Json;
using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

public sealed class JsonTickTests
{
    private static readonly TickId Id = new("kafka:00000000000000000000000000000001/3", 42);

    private readonly JsonTickParser _parser = new();

    [Fact]
    public void Known_names_become_fields_and_the_others_attributes_of_their_kind()
    {
        var tick = Parse("""
            { "Symbol": "AAPL", "PRICE": 145.380000001, "qty": "12.5", "Timestamp": "2024-01-02T09:30:00.123456789-05:00",
              "exchange": "Q", "conditions": ["@", "T", 37], "bid": 145.3700, "note": "caf\u00e9 \"x\"", "odd": true,
              "legs": [ {"a": 1e3} ], "gone": null, "big": 123456789012345678901234567890.5e-3 }
            """);

        Assert.Equal(
            new Tick
            {
                Id = Id,
                Symbol = "AAPL",
                EventTimeNs = 1_704_205_800_123_456_789,
                Price = new Price(145_380_000_001),
                Size = new Size(1_250_000_000),
                Venue = "Q",
                Conditions = ConditionSet.Of("@", "T", "37"),
                Attributes = AttributeMap.Of(
                    new("bid", AttributeValue.Number("145.3700")),
                    new("note", AttributeValue.OfText("café \"x\"")),
                    new("odd", AttributeValue.Flag(true)),
                    new("legs", AttributeValue.OfText("[ {\"a\": 1e3} ]")),
                    new("big", AttributeValue.Number("123456789012345678901234567890.5e-3"))),
            },
            tick);
    }

    [Theory]
    [InlineData("symbol", "price", "size", "time")]
    [InlineData("S", "p", "v", "t")]
    [InlineData("ticker", "last", "qty", "ts")]
    [InlineData("SYM", "Close", "Quantity", "date")]
    [InlineData("Index", "close", "volume", "event_time")]
    public void Names_are_matched_without_regard_to_case(string symbol, string price, string size, string time)
    {
        var tick = Parse($$"""{"{{symbol}}":"X","{{price}}":1.5,"{{size}}":2,"{{time}}":1700000000}""");

        Assert.Equal(("X", new Price(1_500_000_000), new Size(200_000_000), 1_700_000_000_000_000_000), (tick.Symbol, tick.Price, tick.Size, tick.EventTimeNs));
        Assert.Empty(tick.Attributes);
    }

    [Theory]
    [InlineData("1700000000", 1_700_000_000_000_000_000)]
    [InlineData("1700000000.123456789", 1_700_000_000_123_456_789)]
    [InlineData("1.7e9", 1_700_000_000_000_000_000)]
    [InlineData("1700000000123", 1_700_000_000_123_000_000)]
    [InlineData("1700000000123.5", 1_700_000_000_123_500_000)]
    [InlineData("1700000000123456", 1_700_000_000_123_456_000)]
    [InlineData("1700000000123456789", 1_700_000_000_123_456_789)]
    [InlineData("\"1700000000123\"", 1_700_000_000_123_000_000)]
    [InlineData("-86400", -86_400_000_000_000)]
    [InlineData("\"2023-11-14\"", 1_699_920_000_000_000_000)]
    [InlineData("\"2023-11-14 22:13:20\"", 1_700_000_000_000_000_000)]
    public void The_unit_of_a_time_is_told_from_its_size(string text, long expectedNs) =>
        Assert.Equal(expectedNs, Parse($$"""{"s":"X","p":1,"v":2,"t":{{text}}}""").EventTimeNs);

    [Fact]
    public void Of_two_names_of_one_field_the_first_listed_counts_and_the_other_stays()
    {
        var tick = Parse("""{"close":3,"price":1,"last":2,"symbol":"X","v":7,"size":8,"t":1}""");

        Assert.Equal((new Price(1_000_000_000), new Size(800_000_000)), (tick.Price, tick.Size));
        Assert.Equal([("close", "3"), ("last", "2"), ("v", "7")], tick.Attributes.Select(pair => (pair.Key, pair.Value.Text)));
    }

    [Fact]
    public void A_message_without_time_takes_the_records() =>
        Assert.Equal(77, Parse("""{"s":"X","p":1,"v":2}""", defaultTimeNs: 77).EventTimeNs);

    [Theory]
    [InlineData("", "row", "JSON")]
    [InlineData("[]", "row", "a JSON object")]
    [InlineData("{\"s\":\"X\"", "row", "at byte 8")]
    [InlineData("{\"s\":\"X\"} x", "row", "at byte 10")]
    [InlineData("{\"s\":\"X\",\n \"p\":01}", "row", "at byte 16")]
    [InlineData("{\"s\":\"X\",\"s\":\"Y\"}", "row", "distinct names")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}", "row", "16 levels")]
    [InlineData("{\"p\":1,\"v\":2,\"t\":3}", "symbol", "none of them")]
    [InlineData("{\"s\":{},\"p\":1,\"v\":2,\"t\":3}", "symbol", "\"{}\" in \"s\" at byte 5")]
    [InlineData("{\"s\":\"\",\"p\":1,\"v\":2,\"t\":3}", "symbol", "a symbol")]
    [InlineData("{\"s\":\"\\ud800\",\"p\":1,\"v\":2,\"t\":3}", "row", "surrogate")]
    [InlineData("{\"s\":\"X\",\"v\":2,\"t\":3}", "price_e9", "none of them")]
    [InlineData("{\"s\":\"X\",\"p\":0.0000000001,\"v\":2,\"t\":3}", "price_e9", "at most 9 digits")]
    [InlineData("{\"s\":\"X\",\"p\":1e300,\"v\":2,\"t\":3}", "price_e9", "between")]
    [InlineData("{\"s\":\"X\",\"p\":\"NaN\",\"v\":2,\"t\":3}", "price_e9", "\"NaN\"")]
    [InlineData("{\"s\":\"X\",\"p\":true,\"v\":2,\"t\":3}", "price_e9", "true")]
    [InlineData("{\"s\":\"X\",\"p\":null,\"v\":2,\"t\":3}", "price_e9", "none of them")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"t\":3}", "size_e8", "none of them")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":-2,\"t\":3}", "size_e8", "0 or more")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":2}", "event_time_ns", "none of them")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":2,\"t\":\"soon\"}", "event_time_ns", "soon")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":2,\"t\":9000000000000000000}", "event_time_ns", "a time from 1900")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":2,\"t\":3,\"c\":[{}]}", "conditions", "an array")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":2,\"t\":3,\"c\":{}}", "conditions", "an array")]
    [InlineData("{\"s\":\"X\",\"p\":1,\"v\":2,\"t\":3,\"\":4}", "attributes", "nothing")]
    public void What_is_wrong_is_told_with_field_expected_and_actual(string json, string field, string words)
    {
        var parsed = _parser.TryParse(Encoding.UTF8.GetBytes(json), Id, null, 4_000_000_000_000_000_000, out _, out var fault);

        Assert.False(parsed);
        Assert.Equal(field, fault!.Field);
        Assert.Contains(words, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF8_and_oversize_are_told()
    {
        Assert.False(_parser.TryParse([.. "{\"s\":\""u8, 0xFF, .. "\",\"p\":1,\"v\":2,\"t\":3}"u8], Id, null, long.MaxValue, out _, out var fault));
        Assert.Equal("symbol", fault.Field);
        Assert.Contains("\\xFF", fault.Actual, StringComparison.Ordinal);
        Assert.False(_parser.TryParse(new byte[JsonTickParser.MessageSizeMax + 1], Id, null, long.MaxValue, out _, out fault));
        Assert.Equal("65537", fault.Actual);
    }

    [Fact]
    public void More_attributes_than_a_tick_may_have_are_told()
    {
        var members = string.Concat(Enumerable.Range(0, TickLimits.AttributesMax + 1).Select(i => $",\"a{i}\":{i}"));

        Assert.False(_parser.TryParse(Encoding.UTF8.GetBytes($$"""{"s":"X","p":1,"v":2,"t":3{{members}}}"""), Id, null, long.MaxValue, out _, out var fault));
        Assert.Equal("attributes", fault.Field);
    }

    [Fact]
    public void Damaged_messages_are_refused_or_read_but_never_throw()
    {
        var message = "{\"symbol\":\"AA\\u0041\",\"price\":1.25,\"size\":3,\"time\":\"2024-01-02T00:00:00Z\",\"c\":[\"a\",\"b\"],\"x\":\"Q\",\"n\":{\"m\":[1,2]}}"u8.ToArray();
        const int Seed = 20240102;
        var random = new Random(Seed);
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = message.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            refused += _parser.TryParse(damaged.AsSpan(0, random.Next(1, damaged.Length + 1)), Id, 5, long.MaxValue, out _, out _) ? 0 : 1;
        }

        Assert.InRange(refused, 15_000, 19_999);
    }

    private Tick Parse(string json, long? defaultTimeNs = null)
    {
        Assert.True(_parser.TryParse(Encoding.UTF8.GetBytes(json), Id, defaultTimeNs, long.MaxValue, out var tick, out var fault), fault?.ToString());
        return tick;
    }
}
