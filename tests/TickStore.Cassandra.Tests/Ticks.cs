using StockAspire.Market;

namespace StockAspire.TickStore.Cassandra.Tests;

/// <summary>Rows for tests: what a test does not name is plain.</summary>
internal static class Ticks
{
    /// <summary>2013-10-07T13:30:00Z.</summary>
    public const long OpenNs = 1_381_152_600_000_000_000;

    public const long HourNs = 3600 * UnixTime.NsPerSecond;

    public static StoredTick Of(long eventTimeNs = OpenNs, ulong sequence = 1, long position = 1, string symbol = "SPY", string source = "feed", long priceE9 = 145_380_000_000) => new(
        new Tick
        {
            Symbol = symbol,
            Id = new TickId(source, sequence),
            EventTimeNs = eventTimeNs,
            IngestTimeNs = OpenNs,
            Price = new Price(priceE9),
            Size = new Size(100_00000000),
            Venue = "P",
        },
        position);
}
