using StockAspire.Market;

namespace StockAspire.TickStore.Tests;

/// <summary>Rows that are a function of their number.</summary>
internal static class Rows
{
    public const long OpenNs = 1_381_152_600_000_000_000;

    public static StoredTick Numbered(int number) => new(
        new Tick
        {
            Symbol = "SPY",
            Id = new TickId("feed", (ulong)number),
            EventTimeNs = OpenNs + (number * 1_000_000L),
            IngestTimeNs = OpenNs,
            Price = new Price(145_000_000_000 + number),
            Size = new Size(100),
            Venue = "P",
        },
        number);

    public static StoredTick[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(Numbered)];

    public static Task<List<StoredTick>> ReadAllAsync(this ITickStore store) => store.ReadAsync(long.MinValue, long.MaxValue - 1);

    /// <summary>Every revision in [firstNs, lastNs].</summary>
    public static async Task<List<StoredTick>> ReadAsync(this ITickStore store, long firstNs, long lastNs)
    {
        var rows = new List<StoredTick>();
        var scan = new TickScan { Symbol = "SPY", StartNs = firstNs, EndNs = lastNs + 1, AllRevisions = true };
        await foreach (var page in store.ScanAsync(scan, TestContext.Current.CancellationToken))
            rows.AddRange(page.Span);
        return rows;
    }
}
