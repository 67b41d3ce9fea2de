using System.Globalization;

namespace StockAspire.Dashboard.Pipeline;

/// <summary>Numbers as people read them at a glance.</summary>
internal static class Figures
{
    /// <summary>1,234,567.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>0, 0.4, 12, 3,456, 1.2M.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        <= 0 => "0",
        < 10 => perSecond.ToString("0.#", CultureInfo.InvariantCulture),
        < 1_000_000 => perSecond.ToString("N0", CultureInfo.InvariantCulture),
        _ => (perSecond / 1_000_000).ToString("0.##", CultureInfo.InvariantCulture) + "M",
    };

    /// <summary>A share of the whole in percent, for CSS; something is never drawn as nothing.</summary>
    public static string Percent(long part, long whole) =>
        (whole <= 0 || part <= 0 ? 0 : Math.Max(0.5, 100.0 * part / whole)).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
