using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>Rows for tests: what a test does not name is plain.</summary>
internal static class StoredTicks
{
    /// <summary>2013-10-07T13:30:00Z.</summary>
    public const long OpenNs = 1_381_152_600_000_000_000;

    public static StoredTick Of(
        long eventTimeNs = OpenNs,
        string source = "feed",
        ulong sequence = 1,
        uint revision = 0,
        long position = 1,
        string symbol = "SPY",
        TickAction action = TickAction.New,
        long ingestTimeNs = OpenNs,
        long priceE9 = 145_380_000_000) => new(
            new Tick
            {
                Symbol = symbol,
                Id = new TickId(source, sequence),
                EventTimeNs = eventTimeNs,
                IngestTimeNs = ingestTimeNs,
                Price = new Price(priceE9),
                Size = new Size(100_00000000),
                Revision = revision,
                Action = action,
            },
            position);

    /// <summary>A scan of everything that a store may hold of a symbol.</summary>
    public static TickScan All(string symbol = "SPY") => new() { Symbol = symbol, StartNs = long.MinValue, EndNs = long.MaxValue };

    public static async Task<List<StoredTick>> ReadAsync(this ITickStore store, TickScan scan)
    {
        var rows = new List<StoredTick>();
        await foreach (var page in store.ScanAsync(scan, TestContext.Current.CancellationToken))
        {
            Assert.False(page.IsEmpty, "A page without rows.");
            rows.AddRange(page.Span);
        }

        return rows;
    }

    public static Task WriteAsync(this ITickStore store, params StoredTick[] rows) =>
        store.WriteAsync(rows, TestContext.Current.CancellationToken);
}
