using System.Buffers;
using CsCheck;
using StockAspire.Market.Blocks;

namespace StockAspire.Market.Tests;

public sealed class TickBlockTests
{
    [Fact]
    public void Whatever_is_written_is_read_back_by_reused_objects()
    {
        var writer = new TickBlockWriter();
        var reader = new TickBlockReader();
        TickGen.Tick.Array[0, 60].Sample(
            ticks =>
            {
                var bytes = Write(writer, ticks);

                reader.Read(bytes);

                Assert.Equal(ticks, reader.Ticks.ToArray());
            },
            threads: 1);
    }

    [Fact]
    public void Google_Protobuf_reads_the_same_from_the_same_bytes_and_its_bytes_are_read_alike()
    {
        var reader = new TickBlockReader();
        TickGen.Tick.Array[0, 40].Sample(
            ticks =>
            {
                var block = Protos.V1.TickBlock.Parser.ParseFrom(Write(new TickBlockWriter(), ticks));

                Assert.Equal(ticks, GoogleBlock.Rows(block));
                reader.Read(Google.Protobuf.MessageExtensions.ToByteArray(block));
                Assert.Equal(ticks, reader.Ticks.ToArray());
            },
            threads: 1);
    }

    [Fact]
    public void A_block_has_these_bytes()
    {
        var writer = new TickBlockWriter();
        writer.TryAdd(new Tick { Id = new TickId("s", 5), Symbol = "A", EventTimeNs = 100, Price = new Price(-1), Size = new Size(3) });
        writer.TryAdd(new Tick { Id = new TickId("s", 6), Symbol = "B", EventTimeNs = 99, Price = new Price(1), Size = new Size(300), Revision = 2, Action = TickAction.Cancel });

        Assert.Equal(
            "0A0141" + // symbols: A
            "1201" + "73" + // sources: s
            "1A00" + "2200" + // venues: the empty one; condition_sets: the empty one
            "0A0142" + // symbols: B
            "2A02" + "0001" + // symbol_index: 0, 1
            "4A02" + "0A02" + // sequence_delta: 5, 1 (zigzag)
            "5203" + "C80101" + // event_time_delta_ns: 100, -1
            "5A02" + "0000" + // ingest_time_delta_ns
            "6202" + "0104" + // price_delta_e9: -1, 2
            "6A03" + "03AC02" + // size_e8: 3, 300
            "7206" + "0801" + "1802" + "2002", // extras: row 1, revision 2, CANCEL
            Convert.ToHexString(writer.ToArray()));
    }

    [Fact]
    public void A_block_takes_4096_rows_and_no_more()
    {
        var writer = new TickBlockWriter();
        for (var i = 0; i < TickBlock.RowsMax; i++)
        {
            Assert.True(writer.TryAdd(TickGen.Plain((ulong)i)));
        }

        Assert.False(writer.TryAdd(TickGen.Plain(4096)));
        var reader = new TickBlockReader();
        reader.Read(writer.ToArray());
        Assert.Equal(TickBlock.RowsMax, reader.Ticks.Length);
        Assert.Equal(0, writer.Count);
        Assert.True(writer.TryAdd(TickGen.Plain(4096)));
    }

    [Fact]
    public void A_block_never_grows_past_its_size_and_refuses_without_a_change()
    {
        var writer = new TickBlockWriter();
        var reader = new TickBlockReader();
        Gen.Select(Gen.Int[1, 600], Gen.Int[0, 3]).Sample(
            (length, kind) =>
            {
                var added = new List<Tick>();
                while (true)
                {
                    var text = new string(kind == 1 ? '€' : 'x', length) + added.Count;
                    var tick = TickGen.Plain((ulong)added.Count) with
                    {
                        Symbol = kind == 0 ? text : "A",
                        Conditions = kind == 1 ? ConditionSet.Of(text, text) : ConditionSet.Empty,
                        Attributes = kind >= 2 ? AttributeMap.Of(new KeyValuePair<string, AttributeValue>("a", AttributeValue.OfText(text))) : AttributeMap.Empty,
                    };
                    var bound = writer.SizeBound;
                    if (!writer.TryAdd(tick))
                    {
                        Assert.Equal((bound, added.Count), (writer.SizeBound, writer.Count));
                        break;
                    }

                    added.Add(tick);
                }

                bool full = added.Count == TickBlock.RowsMax;
                var bytes = writer.ToArray();
                Assert.InRange(bytes.Length, full ? 1 : TickBlock.SizeMax / 2, TickBlock.SizeMax);
                reader.Read(bytes);
                Assert.Equal(added, reader.Ticks.ToArray());
            },
            iter: 12,
            threads: 1);
    }

    [Fact]
    public void The_largest_tick_within_the_limits_fits_into_a_block_alone()
    {
        var attributes = Enumerable.Range(0, 15).Select(i => new KeyValuePair<string, AttributeValue>($"{i:d2}", AttributeValue.OfText(new string('x', TickLimits.AttributeValueSizeMax))))
            .Append(new("rest", AttributeValue.OfText(new string('x', TickLimits.AttributesSizeMax - (15 * (TickLimits.AttributeValueSizeMax + 2)) - 4)))).ToArray();
        var tick = TickGen.Plain(1) with
        {
            Symbol = new string('S', TickLimits.SymbolSizeMax),
            Conditions = ConditionSet.Of([.. Enumerable.Repeat(new string('c', TickLimits.ConditionSizeMax), TickLimits.ConditionsMax)]),
            Attributes = AttributeMap.Of(attributes),
        };
        Assert.Null(TickLimits.Check(tick, long.MaxValue));
        var writer = new TickBlockWriter();

        Assert.True(writer.TryAdd(tick));

        var reader = new TickBlockReader();
        reader.Read(writer.ToArray());
        Assert.Equal(tick, reader.Ticks[0]);
    }

    [Fact]
    public void Damaged_bytes_are_a_format_error_or_ticks_and_never_anything_else()
    {
        const int Seed = 20131007;
        var random = new Random(Seed);
        var ticks = Enumerable.Range(0, 30).Select(i => TickGen.Plain((ulong)i) with
        {
            Revision = (uint)(i % 3),
            Attributes = i % 5 == 0 ? AttributeMap.Of(new KeyValuePair<string, AttributeValue>("n", AttributeValue.Number("1.5"))) : AttributeMap.Empty,
        }).ToArray();
        var block = Write(new TickBlockWriter(), ticks);
        var reader = new TickBlockReader();
        var refused = 0;
        const int Rounds = 30_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = block.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            try
            {
                var cut = damaged.AsSpan(0, random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length);
                reader.Read(cut);
            }
            catch (TickBlockFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, Rounds / 10, Rounds - 1);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds, 0, 64 * 1024);
    }

    [Theory]
    [InlineData("4A", "expected more bytes at 1")]
    [InlineData("4AFFFFFFFF0F", "overruns the message")]
    [InlineData("4AFFFFFFFFFFFFFFFFFFFF01", "varint of at most 10 bytes")]
    [InlineData("4D00000000", "wire type")]
    [InlineData("0A01FF", "expected UTF-8 text")]
    [InlineData("0B", "wire type 0, 1, 2 or 5")]
    [InlineData("4A0102", "expected 1 values in column event_time_delta_ns")]
    [InlineData("0A01412A010148" + "02520100" + "620100" + "6A0101", "symbol_index below 1")]
    [InlineData("720408012010", "extras of row 1")]
    public void What_is_wrong_is_told(string hex, string words)
    {
        var error = Assert.Throws<TickBlockFormatException>(() => new TickBlockReader().Read(Convert.FromHexString(hex)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_large_a_block_and_too_many_rows_are_told()
    {
        var reader = new TickBlockReader();
        Assert.Contains("262145", Assert.Throws<TickBlockFormatException>(() => reader.Read(new byte[TickBlock.SizeMax + 1])).Message, StringComparison.Ordinal);
        byte[] rows = [0x4A, 0x81, 0x20, .. new byte[4097]];
        Assert.Contains("4097", Assert.Throws<TickBlockFormatException>(() => reader.Read(rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unpacked_and_divided_columns_and_unknown_fields_are_read_as_protobuf_demands()
    {
        // symbols A; sequence_delta 1 unpacked, then 1 packed; the other columns in pieces; field 99 unknown.
        var bytes = Convert.FromHexString("0A01414802" + "4A0102" + "5000" + "520100" + "6000" + "6000" + "6A0101" + "6802" + "9A0601" + "00");
        var reader = new TickBlockReader();

        reader.Read(bytes);

        Assert.Equal([(1UL, 1L), (2UL, 2L)], reader.Ticks.ToArray().Select(tick => (tick.Id.Sequence, tick.Size.E8)));
        Assert.Equal(reader.Ticks.ToArray(), GoogleBlock.Rows(Protos.V1.TickBlock.Parser.ParseFrom(bytes)));
    }

    [Fact]
    public void Writing_and_reading_allocate_nothing_per_tick()
    {
        var ticks = Enumerable.Range(0, TickBlock.RowsMax).Select(i => TickGen.Plain((ulong)i)).ToArray();
        var writer = new TickBlockWriter();
        var reader = new TickBlockReader();
        var output = new ArrayBufferWriter<byte>(TickBlock.SizeMax);
        Round();
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Round();

        // The block's dictionaries: three strings, a set of conditions, no more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);

        void Round()
        {
            output.ResetWrittenCount();
            foreach (ref readonly var tick in ticks.AsSpan())
            {
                writer.TryAdd(tick);
            }

            writer.WriteTo(output);
            reader.Read(output.WrittenSpan);
        }
    }

    private static byte[] Write(TickBlockWriter writer, Tick[] ticks)
    {
        foreach (var tick in ticks)
        {
            Assert.True(writer.TryAdd(tick));
        }

        var bound = writer.SizeBound;
        var bytes = writer.ToArray();
        Assert.InRange(bytes.Length, 0, bound);
        return bytes;
    }
}
