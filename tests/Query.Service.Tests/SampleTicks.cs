using StockAspire.Market;
using StockAspire.Market.Blocks;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests;

internal static class SampleTicks
{
    /// <summary>7 October 2013, 13:30 UTC, in ns since the Unix epoch.</summary>
    public const long Start = 1_381_152_600_000_000_000;

    public static Tick Of(string symbol, long eventTimeNs, ulong sequence, string source = "feed", uint revision = 0, long ingestTimeNs = Start) => new()
    {
        Id = new TickId(source, sequence),
        Symbol = symbol,
        EventTimeNs = eventTimeNs,
        IngestTimeNs = ingestTimeNs,
        Price = new Price(100_000_000_000 + (long)sequence),
        Size = new Size(100_000_000),
        Venue = "N",
        Revision = revision,
        Action = revision == 0 ? TickAction.New : TickAction.Correct,
    };

    /// <summary>Ticks of a few symbols and sources, many of them at the same event time.</summary>
    public static List<Tick> Random(int seed, int count, string[] symbols)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Of(
            symbols[random.Next(symbols.Length)],
            Start + random.Next(Math.Max(1, count / 4)),
            (ulong)i,
            "feed" + random.Next(2)))];
    }

    public static byte[] Block(params IEnumerable<Tick> ticks)
    {
        var writer = new TickBlockWriter();
        foreach (var tick in ticks)
        {
            Assert.True(writer.TryAdd(tick));
        }

        return writer.ToArray();
    }

    public static List<Tick> Read(Wire.TickBlock block)
    {
        var reader = new TickBlockReader();
        reader.Read(Google.Protobuf.MessageExtensions.ToByteArray(block));
        return [.. reader.Ticks];
    }
}
