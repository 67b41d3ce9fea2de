using CsCheck;
using StockAspire.Market.Seals;

namespace StockAspire.Market.Tests;

public sealed class CanonicalTickTests
{
    private static readonly Tick Tick = new()
    {
        Id = new TickId("csv:1", 7),
        Symbol = "SPY",
        EventTimeNs = 1_381_132_800_464_000_000,
        IngestTimeNs = 99,
        Price = new Price(-167_410_000_000),
        Size = new Size(10_000_000_000),
        Venue = "é",
        Conditions = ConditionSet.Of("1", ""),
        Attributes = AttributeMap.Of(new("b", AttributeValue.Flag(true)), new("a", AttributeValue.Number("1.50"))),
        Revision = 2,
        Action = TickAction.Correct,
    };

    [Fact]
    public void The_canonical_bytes_are_these_for_ever()
    {
        var bytes = new byte[CanonicalTick.SizeOf(Tick)];

        Assert.Equal(bytes.Length, CanonicalTick.Write(Tick, bytes));
        Assert.Equal(
            "01" + // version
            "0300" + "535059" + // symbol
            "0500" + "6373763A31" + // source
            "0700000000000000" + // sequence
            "02000000" + "01" + // revision, action
            "00144CE7F6C42A13" + // event time
            "801F9605D9FFFFFF" + // price
            "00E40B5402000000" + // size
            "0200" + "C3A9" + // venue
            "0200" + "0100" + "31" + "0000" + // two conditions
            "0200" + // two attributes, by name
            "0100" + "61" + "00" + "0400" + "312E3530" +
            "0100" + "62" + "02" + "0400" + "74727565",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void The_hash_is_XXH128_of_the_bytes_and_this_for_ever() =>
        Assert.Equal("a8d4e198ce985e561756c4e78c07c90c", CanonicalTick.Hash(Tick).ToString("x32", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Only_the_ingest_time_makes_no_difference()
    {
        var hash = CanonicalTick.Hash(Tick);

        Assert.Equal(hash, CanonicalTick.Hash(Tick with { IngestTimeNs = 1 }));
        Tick[] others =
        [
            Tick with { Id = new TickId("csv:1", 8) }, Tick with { Id = new TickId("csv:2", 7) }, Tick with { Symbol = "SPX" },
            Tick with { EventTimeNs = 1 }, Tick with { Price = new Price(1) }, Tick with { Size = new Size(1) }, Tick with { Venue = "" },
            Tick with { Conditions = ConditionSet.Of("", "1") }, Tick with { Conditions = ConditionSet.Of("1") }, Tick with { Revision = 3 },
            Tick with { Action = TickAction.Cancel }, Tick with { Attributes = AttributeMap.Empty },
            Tick with { Attributes = AttributeMap.Of(new("b", AttributeValue.OfText("true")), new("a", AttributeValue.Number("1.50"))) },
            Tick with { Attributes = AttributeMap.Of(new("b", AttributeValue.Flag(true)), new("a", AttributeValue.Number("1.5"))) },
        ];
        Assert.Equal(others.Length + 1, others.Select(tick => CanonicalTick.Hash(tick)).Append(hash).Distinct().Count());
    }

    [Fact]
    public void Different_ticks_have_different_bytes_and_equal_ones_equal_bytes()
    {
        Gen.Select(TickGen.Tick, TickGen.Tick).Sample((left, right) =>
        {
            Assert.Equal(left with { IngestTimeNs = 0 } == right with { IngestTimeNs = 0 }, Bytes(left).AsSpan().SequenceEqual(Bytes(right)));
            Assert.Equal(Bytes(left), Bytes(left with { Conditions = ConditionSet.Of([.. left.Conditions]), Attributes = AttributeMap.Of([.. left.Attributes.Reverse()]) }));
        });
    }

    [Fact]
    public void A_tick_too_large_for_the_stack_hashes_alike()
    {
        var large = Tick with { Attributes = AttributeMap.Of(new KeyValuePair<string, AttributeValue>("x", AttributeValue.OfText(new string('y', 4_000)))) };

        Assert.Equal(System.IO.Hashing.XxHash128.HashToUInt128(Bytes(large)), CanonicalTick.Hash(large));
    }

    [Fact]
    public void Canonical_order_is_a_total_order()
    {
        var key = Gen.Select(Gen.Long[-1, 1], Gen.OneOf(Gen.Const("a"), Gen.Const("B"), Gen.Const("é"), Gen.Const("ab")), Gen.OneOf(Gen.Const(0UL), Gen.Const(ulong.MaxValue), Gen.Const(5UL)), Gen.UInt[0, 2])
            .Select(each => new TickKey(each.Item1, new string(each.Item2), each.Item3, each.Item4));
        Gen.Select(key, key, key).Sample((a, b, c) =>
        {
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            Assert.Equal(a == b, a.CompareTo(b) == 0);
            bool[] operators = [(a < b), (a > b), (a <= b), (a >= b)];
            Assert.Equal([a.CompareTo(b) < 0, a.CompareTo(b) > 0, a.CompareTo(b) <= 0, a.CompareTo(b) >= 0], operators);
            Assert.False(a <= b && b <= c && a > c);
            var order = a.EventTimeNs != b.EventTimeNs ? a.EventTimeNs < b.EventTimeNs
                : a.Source != b.Source ? string.CompareOrdinal(a.Source, b.Source) < 0
                : a.Sequence != b.Sequence ? a.Sequence < b.Sequence
                : a.Revision < b.Revision;
            Assert.Equal(order, a < b);
        });
    }

    private static byte[] Bytes(in Tick tick)
    {
        var bytes = new byte[CanonicalTick.SizeOf(tick)];
        Assert.Equal(bytes.Length, CanonicalTick.Write(tick, bytes));
        return bytes;
    }
}
