using System.Globalization;
using StockAspire.Market;

namespace StockAspire.Dashboard.Ticks;

/// <summary>What of ticks needs more than its own text.</summary>
internal static class TickText
{
    /// <summary>Exact, of units of 1e-9.</summary>
    public static string Price(long e9) => new Price(e9).ToString();

    /// <summary>Exact, of units of 1e-8.</summary>
    public static string Size(long e8) => new Size(e8).ToString();

    /// <summary>Empty as first reported; otherwise which revision, and what it does.</summary>
    public static string Revision(uint revision, TickAction action) => (revision, action) switch
    {
        (0, TickAction.New) => string.Empty,
        (_, TickAction.Correct) => string.Create(CultureInfo.InvariantCulture, $"{revision}, corrected"),
        (_, TickAction.Cancel) => string.Create(CultureInfo.InvariantCulture, $"{revision}, cancelled"),
        _ => revision.ToString(CultureInfo.InvariantCulture),
    };
}
