namespace StockAspire.Market.Tests;

public sealed class TickLimitsTests
{
    private const long MaxNs = 2_000_000_000_000_000_000;

    private static readonly Tick Tick = TickGen.Plain(1);

    [Fact]
    public void A_tick_at_every_limit_is_accepted()
    {
        Assert.Null(TickLimits.Check(Tick, MaxNs));
        Assert.Null(TickLimits.Check(
            Tick with
            {
                Id = new TickId(new string('s', TickLimits.SourceSizeMax), 0),
                Symbol = string.Concat(Enumerable.Repeat("😀", TickLimits.SymbolSizeMax / 4)),
                EventTimeNs = MaxNs,
                Price = new Price(long.MinValue),
                Size = new Size(0),
                Venue = new string('v', TickLimits.VenueSizeMax),
                Conditions = ConditionSet.Of([.. Enumerable.Repeat("c", TickLimits.ConditionsMax)]),
                Attributes = AttributeMap.Of([.. Enumerable.Range(0, TickLimits.AttributesMax).Select(i => new KeyValuePair<string, AttributeValue>($"{i}", AttributeValue.OfText("a\tb\n😀")))]),
                Action = TickAction.Cancel,
            },
            MaxNs));
        Assert.Null(TickLimits.Check(Tick with { EventTimeNs = TickLimits.EventTimeMinNs }, MaxNs));
    }

    public static TheoryData<string, string, Tick> Faults => new()
    {
        { "symbol", "nothing", Tick with { Symbol = "" } },
        { "symbol", "nothing", Tick with { Symbol = null! } },
        { "symbol", "white space", Tick with { Symbol = "A B" } },
        { "symbol", "white space", Tick with { Symbol = "A\u00A0B" } },
        { "symbol", "U+0007", Tick with { Symbol = "A\u0007" } },
        { "symbol", "U+0085", Tick with { Symbol = "A\u0085" } },
        { "symbol", "U+FFFD", Tick with { Symbol = "A\uFFFD" } },
        { "symbol", "U+D83D", Tick with { Symbol = "A\uD83D" } },
        { "symbol", "U+DE00", Tick with { Symbol = "\uDE00\uD83D" } },
        { "symbol", "65 bytes", Tick with { Symbol = new string('S', 65) } },
        { "symbol", "66 bytes", Tick with { Symbol = new string('€', 22) } },
        { "source", "nothing", Tick with { Id = new TickId("", 1) } },
        { "source", "201 bytes", Tick with { Id = new TickId(new string('s', 201), 1) } },
        { "venue", "33 bytes", Tick with { Venue = new string('v', 33) } },
        { "venue", "U+000A", Tick with { Venue = "\n" } },
        { "size_e8", "-0.00000001", Tick with { Size = new Size(-1) } },
        { "event_time_ns", "1899-12-31T23:59:59.999999999Z", Tick with { EventTimeNs = TickLimits.EventTimeMinNs - 1 } },
        { "event_time_ns", "2033-05-18T03:33:20.000000001Z", Tick with { EventTimeNs = MaxNs + 1 } },
        { "action", "3", Tick with { Action = (TickAction)3 } },
        { "conditions", "17", Tick with { Conditions = ConditionSet.Of([.. Enumerable.Repeat("c", 17)]) } },
        { "conditions", "nothing", Tick with { Conditions = ConditionSet.Of("") } },
        { "conditions", "33 bytes", Tick with { Conditions = ConditionSet.Of(new string('c', 33)) } },
        { "attributes", "65", Tick with { Attributes = AttributeMap.Of([.. Enumerable.Range(0, 65).Select(i => new KeyValuePair<string, AttributeValue>($"{i}", AttributeValue.Flag(true)))]) } },
        { "attributes", "nothing", With("", AttributeValue.Flag(true)) },
        { "attributes", "65 bytes", With(new string('n', 65), AttributeValue.Flag(true)) },
        { "attributes.n", "4098 bytes", With("n", AttributeValue.OfText(new string('€', 1366))) },
        { "attributes.n", "surrogate", With("n", AttributeValue.OfText("\uD83D")) },
        { "attributes.n", "nothing", With("n", default) },
        { "attributes", "65604", Tick with { Attributes = AttributeMap.Of([.. Enumerable.Range(10, 18).Select(i => new KeyValuePair<string, AttributeValue>($"{i}", AttributeValue.OfText(new string('x', i == 27 ? 4 : i == 26 ? 28 : 4096))))]) } },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void What_is_beyond_a_limit_is_told_with_its_field(string field, string words, Tick tick)
    {
        var fault = TickLimits.Check(tick, MaxNs);

        Assert.NotNull(fault);
        Assert.Equal(field, fault.Field);
        Assert.Contains(words, fault.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Checking_a_tick_allocates_nothing()
    {
        TickLimits.Check(Tick, MaxNs);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            TickLimits.Check(Tick, MaxNs);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000);
    }

    [Fact]
    public void Ticks_are_equal_by_value_however_nothing_is_said()
    {
        var bare = Tick with { Venue = "", Conditions = ConditionSet.Empty, Attributes = AttributeMap.Empty };

        Assert.Equal(
            new Tick { Id = bare.Id, Symbol = bare.Symbol, EventTimeNs = bare.EventTimeNs, Price = bare.Price, Size = bare.Size },
            bare);
        Assert.Equal(bare with { Conditions = ConditionSet.Of("1") }, bare with { Conditions = ConditionSet.Of(new string('1', 1)) });
    }

    [Theory]
    [InlineData("csv:01:7", "csv:01", 7UL, true)]
    [InlineData("a:18446744073709551615", "a", ulong.MaxValue, true)]
    [InlineData("a", "", 0UL, false)]
    [InlineData(":1", "", 0UL, false)]
    [InlineData("a:", "", 0UL, false)]
    [InlineData("a:-1", "", 0UL, false)]
    [InlineData("a:18446744073709551616", "", 0UL, false)]
    public void An_identity_is_read_from_its_text(string text, string source, ulong sequence, bool valid)
    {
        Assert.Equal(valid, TickId.TryParse(text, out var id));
        Assert.Equal(valid ? new TickId(source, sequence) : default, id);
        Assert.Equal(valid ? text : ":0", id.ToString());
    }

    private static Tick With(string name, AttributeValue value) => Tick with { Attributes = AttributeMap.Of(new KeyValuePair<string, AttributeValue>(name, value)) };
}
