using CsCheck;

namespace StockAspire.Market.Tests;

/// <summary>Arbitrary ticks: most alike, as in a real block, some at the ends of their types.</summary>
internal static class TickGen
{
    private static readonly Gen<long> Long = Gen.Frequency((8, Gen.Long[-1_000, 1_000_000_000_000]), (1, Gen.Long), (1, Gen.OneOf(Gen.Const(long.MinValue), Gen.Const(long.MaxValue), Gen.Const(0L))));
    private static readonly Gen<ulong> Sequence = Gen.Frequency((8, Gen.ULong[0, 100_000]), (1, Gen.ULong), (1, Gen.OneOf(Gen.Const(ulong.MaxValue), Gen.Const(0UL))));
    private static readonly Gen<string> Text = Gen.OneOf(Gen.Const("SPY"), Gen.Const("IBM"), Gen.Const("é€😀"), Gen.String[Gen.Char["abcXYZ.-é€"], 0, 20]);

    private static readonly Gen<AttributeValue> Value = Gen.OneOf(
        Gen.Long.Select(number => AttributeValue.Number(number.ToString(System.Globalization.CultureInfo.InvariantCulture))),
        Text.Select(AttributeValue.OfText),
        Gen.Bool.Select(AttributeValue.Flag));

    private static readonly Gen<AttributeMap> Attributes = Gen.Frequency(
        (4, Gen.Const(AttributeMap.Empty)),
        (1, Gen.Select(Text, Value).Array[0, 5].Select(pairs => AttributeMap.Of(
            [.. pairs.DistinctBy(pair => pair.Item1).Select(pair => new KeyValuePair<string, AttributeValue>(pair.Item1, pair.Item2))]))));

    public static readonly Gen<Tick> Tick =
        from id in Gen.Select(Text, Sequence)
        from symbol in Text
        from times in Gen.Select(Long, Long)
        from numbers in Gen.Select(Long, Long)
        from venue in Text
        from conditions in Text.Array[0, 3]
        from attributes in Attributes
        from revision in Gen.Frequency((4, Gen.Const(0U)), (1, Gen.UInt))
        from action in Gen.OneOf(Gen.Const(TickAction.New), Gen.Const(TickAction.Correct), Gen.Const(TickAction.Cancel))
        select new Tick
        {
            Id = new TickId(id.Item1, id.Item2),
            Symbol = symbol,
            EventTimeNs = times.Item1,
            IngestTimeNs = times.Item2,
            Price = new Price(numbers.Item1),
            Size = new Size(numbers.Item2),
            Venue = venue,
            Conditions = ConditionSet.Of(conditions),
            Attributes = attributes,
            Revision = revision,
            Action = revision == 0 ? TickAction.New : action,
        };

    public static Tick Plain(ulong sequence, string symbol = "SPY") => new()
    {
        Id = new TickId("csv:0123", sequence),
        Symbol = symbol,
        EventTimeNs = 1_381_132_800_000_000_000 + ((long)sequence * 1_000_000),
        Price = new Price(167_410_000_000 + (long)(sequence % 7)),
        Size = new Size(10_000_000_000),
        Venue = "P",
        Conditions = ConditionSet.Of("1"),
    };
}
