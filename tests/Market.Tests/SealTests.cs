using System.Buffers.Binary;
using CsCheck;
using Google.Protobuf;
using StockAspire.Market.Blocks;
using StockAspire.Market.Seals;
using Proto = StockAspire.Protos.V1;

namespace StockAspire.Market.Tests;

public sealed class SealTests
{
    private static readonly Gen<UInt128> Hash = Gen.Select(Gen.ULong, Gen.ULong).Select((upper, lower) => new UInt128(upper, lower));

    private static readonly Gen<Seal> Seal =
        from source in Gen.String[Gen.Char["abé:"], 0, 8]
        from numbers in Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.Long)
        from rejected in Gen.Select(Gen.ULong, Gen.ULong).Array[0, 3]
        from symbols in Gen.Select(Gen.String[Gen.Char["XYZ"], 0, 4], Gen.Long, Gen.Long, Gen.Long, Hash).Array[0, 3]
        from corrections in Gen.Select(Gen.String[Gen.Char["XYZ"], 0, 4], Gen.ULong, Gen.UInt, Gen.Long, Hash).Array[0, 3]
        select new Seal
        {
            Source = source,
            Epoch = numbers.Item1,
            First = numbers.Item2,
            Last = numbers.Item3,
            SealedAtNs = numbers.Item4,
            Rejected = [.. rejected.Select(each => new SequenceRange(each.Item1, each.Item2))],
            Symbols = [.. symbols.Select(each => new SymbolSeal(each.Item1, each.Item2, each.Item3, each.Item4, each.Item5))],
            Corrections = [.. corrections.Select(each => new CorrectionSeal(each.Item1, each.Item2, each.Item3, each.Item4, each.Item5))],
        };

    [Fact]
    public void A_seal_is_read_back_and_is_what_the_proto_says()
    {
        Seal.Sample(seal =>
        {
            var bytes = SealCodec.Encode(seal);

            AssertEqual(seal, SealCodec.Decode(bytes));
            var generated = Proto.Seal.Parser.ParseFrom(bytes);
            AssertEqual(seal, Of(generated));
            AssertEqual(seal, SealCodec.Decode(generated.ToByteArray()));
        });
    }

    [Fact]
    public void A_builder_sums_up_each_symbols_first_reports()
    {
        TickGen.Tick.Array[0, 40].Sample(generated =>
        {
            var ticks = generated.Select((tick, i) => tick with { Id = new TickId("s", unchecked(ulong.MaxValue - 9 + (ulong)i)), Revision = i % 4 == 3 ? 1U : 0 }).ToArray();
            var builder = new SealBuilder("s", 3, ulong.MaxValue - 9);
            var firsts = new List<Tick>();
            foreach (var tick in ticks)
            {
                if (tick.Revision > 0)
                {
                    builder.Add(tick);
                    builder.AddRejected(tick.Id.Sequence);
                    continue;
                }

                builder.Add(tick);
                firsts.Add(tick);
            }

            var seal = builder.Build(5);

            Assert.Equal(("s", 3UL, ulong.MaxValue - 9, (ulong)ticks.Length), (seal.Source, seal.Epoch, seal.First, seal.SequenceCount));
            Assert.Equal(ticks.Length == 0, seal.IsOpening);
            Assert.Equal(
                firsts.GroupBy(tick => tick.Symbol, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new SymbolSeal(
                    group.Key,
                    group.Count(),
                    group.Min(tick => tick.EventTimeNs),
                    group.Max(tick => tick.EventTimeNs),
                    group.Aggregate(UInt128.Zero, (sum, tick) => unchecked(sum + CanonicalTick.Hash(tick))))),
                seal.Symbols);
            Assert.Equal(ticks.Length - firsts.Count, seal.Corrections.Count);
            Assert.Equal(ticks.Where(tick => tick.Revision > 0).Select(tick => new SequenceRange(tick.Id.Sequence, tick.Id.Sequence)), seal.Rejected);
        });
    }

    [Fact]
    public void Neighbouring_rejects_are_one_range_and_a_new_start_is_empty()
    {
        var builder = new SealBuilder("s", 0, 1);
        builder.AddRejected(1);
        builder.AddRejected(2);
        builder.Add(TickGen.Plain(3));
        builder.AddRejected(4);

        Assert.Equal([new SequenceRange(1, 2), new SequenceRange(4, 4)], builder.Build(0).Rejected);
        builder.Start(builder.Next);
        Assert.True(builder.Build(0).IsOpening);
        Assert.Equal("s\nopen", builder.Build(0).Key);
    }

    [Fact]
    public void A_skipped_or_repeated_sequence_is_the_callers_error()
    {
        var builder = new SealBuilder("s", 0, 1);
        builder.Add(TickGen.Plain(1));

        Assert.Contains("expected sequence 2, got 3", Assert.Throws<ArgumentException>(() => builder.Add(TickGen.Plain(3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => builder.Add(TickGen.Plain(1)));
        Assert.Throws<ArgumentException>(() => builder.AddRejected(1));
        Assert.Equal(2UL, builder.Next);
    }

    [Fact]
    public void A_double_and_an_altered_tick_change_the_sum_and_the_order_does_not()
    {
        UInt128 Sum(params Tick[] ticks) => ticks.Aggregate(UInt128.Zero, (sum, tick) => unchecked(sum + CanonicalTick.Hash(tick)));
        var (a, b) = (TickGen.Plain(1), TickGen.Plain(2));

        Assert.Equal(Sum(a, b), Sum(b, a));
        Assert.NotEqual(Sum(a, b), Sum(a, b, b));
        Assert.NotEqual(Sum(a, b), Sum(a, b with { Size = new Size(1) }));
    }

    [Fact]
    public void Damaged_seals_are_a_format_error_or_a_seal_and_never_anything_else()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        var builder = new SealBuilder("source", 1, 1);
        builder.Add(TickGen.Plain(1));
        builder.AddRejected(2);
        builder.Add(TickGen.Plain(9) with { Revision = 1 });
        var bytes = SealCodec.Encode(builder.Build(77));
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                SealCodec.Decode(damaged.AsSpan(0, random.Next(damaged.Length + 1)));
            }
            catch (TickBlockFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 2_000, 19_999);
        Assert.Throws<TickBlockFormatException>(() => SealCodec.Decode(new byte[SealCodec.SizeMax + 1]));
    }

    private static void AssertEqual(Seal expected, Seal actual)
    {
        Assert.Equal((expected.Source, expected.Epoch, expected.First, expected.Last, expected.SealedAtNs), (actual.Source, actual.Epoch, actual.First, actual.Last, actual.SealedAtNs));
        Assert.Equal(expected.Rejected, actual.Rejected);
        Assert.Equal(expected.Symbols, actual.Symbols);
        Assert.Equal(expected.Corrections, actual.Corrections);
    }

    private static Seal Of(Proto.Seal seal) => new()
    {
        Source = seal.Source,
        Epoch = seal.Epoch,
        First = seal.First,
        Last = seal.Last,
        SealedAtNs = seal.SealedAtNs,
        Rejected = [.. seal.Rejected.Select(each => new SequenceRange(each.First, each.Last))],
        Symbols = [.. seal.Symbols.Select(each => new SymbolSeal(each.Symbol, each.Count, each.FirstEventTimeNs, each.LastEventTimeNs, BinaryPrimitives.ReadUInt128LittleEndian(each.HashSum.Span)))],
        Corrections = [.. seal.Corrections.Select(each => new CorrectionSeal(each.Symbol, each.Sequence, each.Revision, each.EventTimeNs, BinaryPrimitives.ReadUInt128LittleEndian(each.Hash.Span)))],
    };
}
