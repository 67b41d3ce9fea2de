using StockAspire.Market;
using StockAspire.Market.Blocks;
using Proto = StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Fakes;

internal static class Samples
{
    /// <summary>2013-10-07T13:30:00Z</summary>
    public const long OpenNs = 1_381_152_600_000_000_000;

    public static Tick Tick(ulong sequence = 1, string symbol = "SPY", string source = "feed") => new()
    {
        Id = new TickId(source, sequence),
        Symbol = symbol,
        EventTimeNs = OpenNs + ((long)sequence * 250_000_000) + 7,
        Price = new Price(168_500_000_001 + (long)sequence),
        Size = new Size(100 * 100_000_000L),
        Venue = "P",
        IngestTimeNs = OpenNs + UnixTime.NsPerDay,
    };

    public static Proto.TickBlock Block(params ReadOnlySpan<Tick> ticks)
    {
        var writer = new TickBlockWriter();
        foreach (ref readonly var tick in ticks)
        {
            Assert.True(writer.TryAdd(tick));
        }

        return Proto.TickBlock.Parser.ParseFrom(writer.ToArray());
    }

    public static Proto.Tick Message(Tick tick) => new()
    {
        Id = new Proto.TickId { Source = tick.Id.Source, Sequence = tick.Id.Sequence },
        Symbol = tick.Symbol,
        EventTimeNs = tick.EventTimeNs,
        IngestTimeNs = tick.IngestTimeNs,
        PriceE9 = tick.Price.E9,
        SizeE8 = tick.Size.E8,
        Venue = tick.Venue,
        Conditions = { tick.Conditions },
    };
}
