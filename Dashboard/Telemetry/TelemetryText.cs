using System.Globalization;

namespace StockAspire.Dashboard.Telemetry;

/// <summary>Times and sizes of telemetry as people read them.</summary>
internal static class TelemetryText
{
    private const long NsPerTick = 100;

    /// <summary>14:03:22.123 in the local zone, with the date before it where that is not today.</summary>
    public static string LocalTime(long unixNs, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(At(unixNs), time.LocalTimeZone)
            .ToString(HasDate(unixNs, time) ? "yyyy-MM-dd HH:mm:ss.fff" : "HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>For the axis of a chart: 14:03:22, or 11-22 14:03 where that is not today.</summary>
    public static string AxisTime(long unixNs, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(At(unixNs), time.LocalTimeZone).ToString(HasDate(unixNs, time) ? "MM-dd HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Whether <see cref="LocalTime"/> is written with the date.</summary>
    public static bool HasDate(long unixNs, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(At(unixNs), time.LocalTimeZone).Date != TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone).Date;

    /// <summary>The zone that times are in: UTC, UTC+02:00.</summary>
    public static string Zone(TimeProvider time)
    {
        var offset = time.LocalTimeZone.GetUtcOffset(time.GetUtcNow());
        return offset == TimeSpan.Zero ? "UTC" : $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";
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

    /// <summary>A value with its UCUM unit: seconds and bytes in a size that fits, <c>{request}</c> in words.</summary>
    public static string Value(double value, string unit) => unit switch
    {
        "s" or "ms" when value == 0 => $"0 {unit}",
        "s" when Math.Abs(value) < 3600 => value < 0 ? $"-{Value(-value, unit)}" : Duration((long)(value * 1e9)),
        "ms" when Math.Abs(value) < 3_600_000 => value < 0 ? $"-{Value(-value, unit)}" : Duration((long)(value * 1e6)),
        "By" => Bytes(value),
        "" or "1" => Number(value),
        _ => $"{Number(value)} {(value == 1 ? unit.Trim('{', '}') : Unit(unit))}",
    };

    /// <summary>A unit in words: <c>s</c> and <c>By</c> as seconds and bytes, <c>{tick}</c> as ticks, <c>{query}</c> as queries.</summary>
    public static string Unit(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "1" => string.Empty,
        ['{', .. var one, '}'] => Plural(one.Replace('_', ' ')),
        _ => unit,
    };

    /// <summary>1 log, 1,234 logs.</summary>
    public static string Count(int count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : Plural(one))}");

    private static string Plural(string one) => one switch
    {
        [] => string.Empty,
        [.. var stem, 'y'] when stem is not [.., 'a' or 'e' or 'o'] => stem + "ies",
        [.., 's'] => one,
        [.., 'c' or 's', 'h'] or [.., 'x'] => one + "es",
        _ => one + "s",
    };

    private static string Bytes(double value) => Math.Abs(value) switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.##} GB"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##} MB"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##} kB"),
        _ => $"{Number(value)} B",
    };

    public static DateTimeOffset At(long unixNs) => DateTimeOffset.UnixEpoch.AddTicks(unixNs / NsPerTick);

    public static long UnixNs(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * NsPerTick;

    /// <summary>A position or width within an inline style, which wants a point whatever the culture.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * Math.Clamp(share, 0, 1):0.###}%");
}
