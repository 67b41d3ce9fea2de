using StockAspire.TickStore;

namespace StockAspire.Contract.Tests.TickStore;

/// <summary>The list of symbols.</summary>
public abstract partial class TickStoreContract
{
    [Fact]
    public async Task Symbols_come_in_ordinal_order_page_by_page()
    {
        string[] symbols = ["spy", "SPY", "A", "AA", "日本", "\uffee", "😀", "B"];
        await Store.WriteAsync([.. symbols.Select(symbol => StoredTicks.Of(symbol: symbol))]);
        var expected = symbols.Order(StringComparer.Ordinal).ToList();

        Assert.Equal(expected, (await Store.ListSymbolsAsync(string.Empty, 100, Cancelled)).Select(symbol => symbol.Symbol));
        var paged = new List<string>();
        while (await Store.ListSymbolsAsync(paged.LastOrDefault() ?? string.Empty, 3, Cancelled) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 3);
            paged.AddRange(page.Select(symbol => symbol.Symbol));
        }

        Assert.Equal(expected, paged);
    }

    [Fact]
    public async Task A_symbol_that_comes_later_is_listed_in_its_place()
    {
        await Store.WriteAsync(StoredTicks.Of(symbol: "A"), StoredTicks.Of(symbol: "C"));
        Assert.Equal(2, (await Store.ListSymbolsAsync(string.Empty, 100, Cancelled)).Count);
        await Store.WriteAsync(StoredTicks.Of(symbol: "B"));

        Assert.Equal(["B", "C"], (await Store.ListSymbolsAsync("A", 100, Cancelled)).Select(symbol => symbol.Symbol));
    }

    [Fact]
    public async Task The_listed_buckets_cover_the_rows_of_a_symbol()
    {
        await Store.WriteAsync(StoredTicks.Of(-1), StoredTicks.Of(T0), StoredTicks.Of(T0 + (5 * HourNs)));

        var symbol = Assert.Single(await Store.ListSymbolsAsync(string.Empty, 1, Cancelled));
        Assert.Equal(new SymbolBuckets("SPY", -HourNs, (T0 / HourNs * HourNs) + (6 * HourNs)), symbol);
    }

    [Fact]
    public async Task Symbols_of_refused_rows_are_not_listed()
    {
        await Assert.ThrowsAsync<TickStoreRejectedException>(() => Store.WriteAsync(StoredTicks.Of(symbol: "NEVER"), StoredTicks.Of(source: "")));
        await Store.WriteAsync(StoredTicks.Of());

        Assert.Equal(["SPY"], (await Store.ListSymbolsAsync(string.Empty, 100, Cancelled)).Select(symbol => symbol.Symbol));
    }
}
