using System.Globalization;

namespace StockAspire.Dashboard.Telemetry;

/// <summary>Times and sizes of telemetry as people read them.</summary>
internal static class TelemetryText
{
    private const long NsPerTick = 100;

    /// <summary>14:03:22.123 in the local zone, with the date before it where that is not today.</summary>
    public static string LocalTime(long unixNs, TimeProvider time)
    {
        var local = TimeZoneInfo.ConvertTime(At(unixNs), time.LocalTimeZone);
        var today = TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone).Date;
        return local.ToString(local.Date == today ? "HH:mm:ss.fff" : "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
    }

    /// <summary>With as many units as are useful: 750 ns, 12.3 us, 4.56 ms, 1.23 s, 2 min 5 s.</summary>
    public static string Duration(long ns) => ns switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{ns} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e3:0.##} us"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.##} ms"),
        < 60_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.##} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ns / 60_000_000_000} min {ns / 1_000_000_000 % 60} s"),
    };

    /// <summary>Three significant digits with k, M, G; small values by power of ten.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.##}G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##}k"),
        >= 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.##", CultureInfo.InvariantCulture),
        >= 0.001 => value.ToString("0.####", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##E+0", CultureInfo.InvariantCulture),
    };

    /// <summary>A value with its UCUM unit: seconds and bytes in a size that fits, <c>{request}</c> as request.</summary>
    public static string Value(double value, string unit) => unit switch
    {
        "s" when Math.Abs(value) < 3600 => value < 0 ? $"-{Value(-value, unit)}" : Duration((long)(value * 1e9)),
        "ms" when Math.Abs(value) < 3_600_000 => value < 0 ? $"-{Value(-value, unit)}" : Duration((long)(value * 1e6)),
        "By" => $"{Number(value)}B",
        "" or "1" => Number(value),
        _ => $"{Number(value)} {Unit(unit)}",
    };

    public static string Unit(string unit) => unit.Trim('{', '}');

    public static DateTimeOffset At(long unixNs) => DateTimeOffset.UnixEpoch.AddTicks(unixNs / NsPerTick);

    public static long UnixNs(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * NsPerTick;

    /// <summary>A position or width within an inline style, which wants a point whatever the culture.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * Math.Clamp(share, 0, 1):0.###}%");
}
