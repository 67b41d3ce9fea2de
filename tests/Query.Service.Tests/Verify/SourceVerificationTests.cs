using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.Query.Sources;
using StockAspire.Query.Verify;

namespace StockAspire.Query.Service.Tests.Verify;

public sealed class SourceVerificationTests
{
    private const string Source = "feed";
    private static readonly string[] Symbols = ["AAPL", "IBM", "SPY"];

    [Fact]
    public void WhatWasSealedAndStored_HasNoFaults()
    {
        var (rows, seals) = Sealed(seed: 1, count: 500, symbols: 3);

        var result = Verify(seals, rows);

        Assert.Empty(result.Faults);
        Assert.Equal((rows.Count, rows.Count), (result.Sealed, result.Stored));
    }

    [Fact]
    public void ARemovedRow_IsMissing_AndNothingElseIsWrong()
    {
        var (rows, seals) = Sealed(seed: 2, count: 500, symbols: 1);
        var removed = rows[137];
        rows.RemoveAt(137);

        var fault = Assert.Single(Verify(seals, rows).Faults);

        Assert.Equal([new SequenceRange(removed.Id.Sequence, removed.Id.Sequence)], fault.Missing.Ranges);
        Assert.True(fault.Unexpected.IsEmpty);
        Assert.Empty(fault.Altered);
        Assert.Equal(removed.Symbol, fault.Symbol);
    }

    [Fact]
    public void ARowDoubledAtAnotherTime_IsUnexpected_AndNothingElseIsWrong()
    {
        var (rows, seals) = Sealed(seed: 3, count: 500, symbols: 3);
        rows.Add(rows[99] with { EventTimeNs = rows[99].EventTimeNs + 1 });

        var fault = Assert.Single(Verify(seals, rows).Faults);

        Assert.Equal(rows[99].Symbol, fault.Symbol);
        Assert.Equal([new SequenceRange(rows[99].Id.Sequence, rows[99].Id.Sequence)], fault.Unexpected.Ranges);
        Assert.True(fault.Missing.IsEmpty);
        Assert.Empty(fault.Altered);
    }

    [Theory]
    [InlineData("price")]
    [InlineData("time")]
    [InlineData("venue")]
    public void AnAlteredRow_IsFound_WithinItsSealAlone(string field)
    {
        var (rows, seals) = Sealed(seed: 4, count: 500, symbols: 3);
        var row = rows[250];
        rows[250] = field switch
        {
            "price" => row with { Price = new Price(row.Price.E9 + 1) },
            "time" => row with { EventTimeNs = row.EventTimeNs + 1 },
            _ => row with { Venue = "Q" },
        };

        var fault = Assert.Single(Verify(seals, rows).Faults);

        Assert.Equal(row.Symbol, fault.Symbol);
        var range = Assert.Single(fault.Altered);
        Assert.InRange(row.Id.Sequence, range.First, range.Last);
        Assert.Contains(seals, seal => seal.First == range.First && seal.Last == range.Last);
        Assert.True(fault.Missing.IsEmpty && fault.Unexpected.IsEmpty);
    }

    [Fact]
    public void ARowMovedToAnotherSymbol_AltersBoth()
    {
        var (rows, seals) = Sealed(seed: 5, count: 200, symbols: 2);
        var index = rows.FindIndex(row => row.Symbol == "AAPL");
        rows[index] = rows[index] with { Symbol = "IBM" };

        var result = Verify(seals, rows);

        Assert.Equal(["AAPL", "IBM"], result.Faults.Select(fault => fault.Symbol));
        Assert.All(result.Faults, fault => Assert.Single(fault.Altered));
    }

    [Fact]
    public void ARejectedSequenceThatIsStored_IsUnexpected_AndOneBeyondTheSealsIsUnsealed()
    {
        var builder = new SealBuilder(Source, 1, 1);
        var first = SampleTicks.Of("SPY", SampleTicks.Start, 1);
        builder.Add(first);
        builder.AddRejected(2);
        var seals = new[] { builder.Build(0) };

        Assert.Empty(Verify(seals, [first]).Faults);
        var result = Verify(seals, [first, SampleTicks.Of("SPY", SampleTicks.Start, 2), SampleTicks.Of("SPY", SampleTicks.Start, 3), SampleTicks.Of("SPY", SampleTicks.Start, 1, "other")]);

        Assert.Equal([new SequenceRange(2, 2)], Assert.Single(result.Faults).Unexpected.Ranges);
        Assert.Equal((1, 1, 1, 1), (result.Sealed, result.Stored, result.Unsealed, result.Rejected));
    }

    [Fact]
    public void Corrections_AreHeldToTheirOwnSeals()
    {
        var original = SampleTicks.Of("SPY", SampleTicks.Start, 1);
        var correction = SampleTicks.Of("SPY", SampleTicks.Start, 1, revision: 1);
        var other = SampleTicks.Of("SPY", SampleTicks.Start, 1, revision: 2);
        var builder = new SealBuilder(Source, 1, 1);
        builder.Add(original);
        builder.Add(correction);
        var seals = new[] { builder.Build(0) };

        Assert.Empty(Verify(seals, [original, correction]).Faults);
        Assert.Equal([new SequenceRange(1, 1)], Assert.Single(Verify(seals, [original]).Faults).Missing.Ranges);
        Assert.Equal([new SequenceRange(1, 1)], Assert.Single(Verify(seals, [original, correction, other]).Faults).Unexpected.Ranges);
        Assert.Single(Assert.Single(Verify(seals, [original, correction with { Price = default }]).Faults).Altered);

        builder.Add(other);
        Assert.Empty(Verify(seals, [original, correction, other], [builder.Build(0)]).Faults);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void RandomDamage_IsFoundExactly_AsAPlainReaderFindsIt(int seed)
    {
        var random = new Random(seed);
        var (rows, seals) = Sealed(seed, count: random.Next(1, 400), symbols: random.Next(1, 4));
        var damaged = new List<Tick>();
        HashSet<ulong> removed = [], doubled = [], altered = [];
        foreach (var row in rows)
        {
            switch (random.Next(40))
            {
                case 0:
                    removed.Add(row.Id.Sequence);
                    break;
                case 1:
                    doubled.Add(row.Id.Sequence);
                    damaged.AddRange(row, row with { EventTimeNs = row.EventTimeNs + random.Next(-50, 0) });
                    break;
                case 2:
                    altered.Add(row.Id.Sequence);
                    damaged.Add(row with { Size = new Size(row.Size.E8 + 1) });
                    break;
                default:
                    damaged.Add(row);
                    break;
            }
        }

        var result = Verify(seals, [.. damaged.OrderBy(row => row.Symbol, StringComparer.Ordinal).ThenBy(row => row.Key)]);

        Assert.Equal(removed.Order(), Sequences(result.Faults.SelectMany(fault => fault.Missing.Ranges)));
        Assert.Equal(doubled.Order(), Sequences(result.Faults.SelectMany(fault => fault.Unexpected.Ranges)));

        // The plain reader: a seal and symbol whose rows are all there once, but not as they were.
        var expected = seals
            .SelectMany(seal => seal.Symbols.Select(symbol => (Seal: seal, symbol.Symbol)))
            .Where(pair =>
            {
                var own = rows.Where(row => row.Symbol == pair.Symbol && row.Id.Sequence >= pair.Seal.First && row.Id.Sequence <= pair.Seal.Last).Select(row => row.Id.Sequence).ToList();
                return own.Exists(altered.Contains) && !own.Exists(removed.Contains) && !own.Exists(doubled.Contains);
            })
            .Select(pair => (pair.Symbol, pair.Seal.First, pair.Seal.Last))
            .Order();
        Assert.Equal(expected, result.Faults.SelectMany(fault => fault.Altered.Select(range => (fault.Symbol, range.First, range.Last))).Order());
        Assert.Equal(rows.Count, result.Sealed);
        Assert.Equal(rows.Count - removed.Count, result.Stored);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(100, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void SequenceSet_AndBitmap_AgreeWithAPlainSet(int seed)
    {
        var random = new Random(seed);
        var plain = new HashSet<ulong>();
        var set = new SequenceSet();
        var bitmap = new SequenceBitmap();
        for (var i = 0; i < 60; i++)
        {
            var first = (ulong)random.Next(200);
            var range = new SequenceRange(first, first + (ulong)random.Next(12));
            var adds = random.Next(3) > 0;
            for (var sequence = range.First; sequence <= range.Last; sequence++)
            {
                if (adds)
                {
                    plain.Add(sequence);
                }
                else
                {
                    plain.Remove(sequence);
                }
            }

            if (adds)
            {
                set.Add(range);
            }
            else
            {
                set.Remove(range);
            }
        }

        foreach (var sequence in plain)
        {
            Assert.True(bitmap.TryAdd(sequence));
            Assert.False(bitmap.TryAdd(sequence));
        }

        Assert.Equal(plain.Order(), Sequences(set.Ranges));
        Assert.Equal((ulong)plain.Count, set.Count);
        Assert.All(set.Ranges.Zip(set.Ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        Assert.Equal(
            Enumerable.Range(0, 250).Select(i => (ulong)i).Where(sequence => !plain.Contains(sequence)),
            Sequences(bitmap.MissingFrom(new SequenceRange(0, 249))));
    }

    [Fact]
    public void ABitmap_StepsOverWholeChunks_UpToTheLastSequenceThereIs()
    {
        var bitmap = new SequenceBitmap();
        for (var sequence = 0UL; sequence < 65_536 * 2; sequence++)
        {
            bitmap.TryAdd(sequence);
        }

        bitmap.TryAdd(ulong.MaxValue);

        Assert.Equal([new SequenceRange(131_072, ulong.MaxValue - 1)], bitmap.MissingFrom(new SequenceRange(5, ulong.MaxValue)));
        Assert.Empty(bitmap.MissingFrom(new SequenceRange(7, 131_071)));
    }

    private static VerificationResult Verify(IReadOnlyList<Seal> seals, List<Tick> rows, IReadOnlyList<Seal>? newest = null)
    {
        var verification = new SourceVerification(Source, seals);
        foreach (var row in rows)
        {
            verification.Add(row);
        }

        return verification.Complete(newest ?? seals);
    }

    private static SortedSet<ulong> Sequences(IEnumerable<SequenceRange> ranges)
    {
        var all = new SortedSet<ulong>();
        foreach (var range in ranges)
        {
            for (var sequence = range.First; sequence <= range.Last; sequence++)
            {
                all.Add(sequence);
            }
        }

        return all;
    }

    /// <summary>Rows with rejected sequences between them, in several seals, some of them resent in another epoch's overlapping seal.</summary>
    private static (List<Tick> Rows, List<Seal> Seals) Sealed(int seed, int count, int symbols)
    {
        var random = new Random(seed);
        var rows = new List<Tick>();
        var seals = new List<Seal>();
        var rejected = new HashSet<ulong>();
        var builder = new SealBuilder(Source, 1, 1);
        var last = (ulong)count;
        for (var sequence = 1UL; sequence <= last; sequence++)
        {
            if (random.Next(20) == 0)
            {
                rejected.Add(sequence);
                builder.AddRejected(sequence);
            }
            else
            {
                rows.Add(SampleTicks.Of(Symbols[random.Next(symbols)], SampleTicks.Start + random.Next(1_000_000), sequence, Source));
                builder.Add(rows[^1]);
            }

            if (random.Next(100) == 0)
            {
                seals.Add(builder.Build(0));
                builder.Start(sequence + 1);
            }
        }

        seals.Add(builder.Build(0));
        seals.Add(new Seal { Source = Source, First = last + 1, Last = last, Epoch = 2 });

        // The resend of the last tenth.
        var from = last - (last / 10);
        var resend = new SealBuilder(Source, 2, from);
        for (var sequence = from; sequence <= last; sequence++)
        {
            if (rejected.Contains(sequence))
            {
                resend.AddRejected(sequence);
            }
            else
            {
                resend.Add(rows.Find(row => row.Id.Sequence == sequence));
            }
        }

        seals.Add(resend.Build(0));
        return (rows, seals);
    }
}
