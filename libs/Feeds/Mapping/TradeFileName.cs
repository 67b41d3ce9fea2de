using System.Globalization;

namespace StockAspire.Feeds.Mapping;

/// <summary>
/// The names that trade files have: <c>spy_20131007_trade.zip</c> (or .csv) and, of an entry within,
/// <c>20131007_spy_Trade_Tick.csv</c>. The symbol is upper-cased.
/// </summary>
internal static class TradeFileName
{
    public static bool TryParse(string name, out string symbol, out DateOnly date)
    {
        var parts = Path.GetFileNameWithoutExtension(name).Split('_');
        (symbol, date) = (string.Empty, default);
        if (parts.Length < 3 || parts[0].Length == 0 || parts[1].Length == 0 || !parts[2].Equals("trade", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (parts.Length == 3 && TryDate(parts[1], out date))
        {
            symbol = parts[0].ToUpperInvariant();
        }
        else if (parts.Length == 4 && parts[3].Equals("tick", StringComparison.OrdinalIgnoreCase) && TryDate(parts[0], out date))
        {
            symbol = parts[1].ToUpperInvariant();
        }

        return symbol.Length > 0;
    }

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
