using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>Every field comes back as it went in.</summary>
public abstract partial class TickStoreContract
{
    private static StoredTick RichTick(long position = 77) => new(
        new Tick
        {
            Symbol = "日本.T-𝄞",
            Id = new TickId("kafka:ünïcode/😀", ulong.MaxValue - 1),
            EventTimeNs = StoredTicks.OpenNs,
            IngestTimeNs = StoredTicks.OpenNs + 123_456_789,
            Price = new Price(long.MaxValue),
            Size = new Size(long.MaxValue),
            Venue = "Zürich",
            Conditions = ConditionSet.Of("@", "Odd Lot", "\"quoted\"", "日"),
            Attributes = AttributeMap.Of(
                new("Adj Close", AttributeValue.Number("-0.1000000000000000000000000000000000001e-27")),
                new("CloseUSD", AttributeValue.Number("123456789012345678901234567890.000")),
                new("leading", AttributeValue.Number("-007.50")),
                new("zero", AttributeValue.Number("0")),
                new("note", AttributeValue.OfText("a \"b\" \\ c\n\t<é> 😀")),
                new("digits as text", AttributeValue.OfText("12")),
                new("empty", AttributeValue.OfText(string.Empty)),
                new("halted", AttributeValue.Flag(false)),
                new("名", AttributeValue.Flag(true))),
            Revision = uint.MaxValue,
            Action = TickAction.Correct,
        },
        position);

    [Fact]
    public async Task Every_field_comes_back_as_it_was()
    {
        var row = RichTick();
        await Store.WriteAsync(row);

        Assert.Equal(row, Assert.Single(await Store.ReadAsync(StoredTicks.All(row.Tick.Symbol))));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task Prices_and_ingest_times_of_any_size_come_back(long value)
    {
        var row = StoredTicks.Of(priceE9: value, ingestTimeNs: value, position: long.MaxValue);
        await Store.WriteAsync(row);

        Assert.Equal(row, Assert.Single(await Store.ReadAsync(StoredTicks.All())));
    }

    [Fact]
    public async Task Rows_without_venue_conditions_and_attributes_come_back_without_them_among_others_that_have_them()
    {
        var plain = StoredTicks.Of(sequence: 1);
        var rich = new StoredTick(plain.Tick with { Id = new TickId("feed", 2), Venue = "P", Conditions = ConditionSet.Of("@", "I") }, 2);
        var plainAgain = StoredTicks.Of(sequence: 3);
        await Store.WriteAsync(plain, rich, plainAgain);

        Assert.Equal([plain, rich, plainAgain], await Store.ReadAsync(StoredTicks.All()));
    }

    [Fact]
    public async Task Conditions_keep_their_order_and_boundaries()
    {
        ConditionSet[] sets = [ConditionSet.Of("A", "B"), ConditionSet.Of("B", "A"), ConditionSet.Of("A,B"), ConditionSet.Of("A B"), ConditionSet.Of("AB")];
        var rows = sets.Select((set, i) => new StoredTick(StoredTicks.Of(sequence: (ulong)i).Tick with { Conditions = set }, i)).ToArray();
        await Store.WriteAsync(rows);

        Assert.Equal(rows, await Store.ReadAsync(StoredTicks.All()));
    }

    [Theory]
    [InlineData(TickLimits.EventTimeMinNs)]
    [InlineData(-3_600_000_000_001)]
    [InlineData(-3_600_000_000_000)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue - 1)]
    public async Task Event_times_from_1900_to_the_end_of_int64_come_back(long eventTimeNs)
    {
        var row = StoredTicks.Of(eventTimeNs: eventTimeNs);
        await Store.WriteAsync(row);

        Assert.Equal(row, Assert.Single(await Store.ReadAsync(StoredTicks.All())));
        Assert.Equal(row, await Store.FindLatestAsync("SPY", eventTimeNs, eventTimeNs, Cancelled));
        var symbol = Assert.Single(await Store.ListSymbolsAsync(string.Empty, 10, Cancelled));
        Assert.InRange(eventTimeNs, symbol.FirstNs, symbol.EndNs - 1);
    }

    [Theory]
    [InlineData(TickLimits.EventTimeMinNs - 1)]
    [InlineData(long.MaxValue)]
    public async Task Event_times_outside_are_refused(long eventTimeNs)
    {
        var refused = await Assert.ThrowsAsync<TickStoreRejectedException>(() => Store.WriteAsync(StoredTicks.Of(eventTimeNs: eventTimeNs)));
        Assert.Contains("event_time_ns", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_are_no_valid_UTF16_are_refused()
    {
        await Assert.ThrowsAsync<TickStoreRejectedException>(() => Store.WriteAsync(StoredTicks.Of(source: "half \ud83d")));
        await Assert.ThrowsAsync<TickStoreRejectedException>(() => Store.WriteAsync(new StoredTick(
            StoredTicks.Of().Tick with { Attributes = AttributeMap.Of(new KeyValuePair<string, AttributeValue>("a", AttributeValue.OfText("\ude00"))) }, 1)));
        Assert.Empty(await Store.ReadAsync(StoredTicks.All()));
    }
}
