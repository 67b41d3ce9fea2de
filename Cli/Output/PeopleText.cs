using System.Globalization;
using StockAspire.Market;

namespace StockAspire.Cli.Output;

/// <summary>Numbers as people read them; never for programs.</summary>
internal static class PeopleText
{
    /// <summary>Such as 12 ms, 3.4 s, 2 m 5 s, 3 h 12 m, 40 d.</summary>
    public static string Duration(long ns)
    {
        var sign = ns < 0 ? "-" : string.Empty;
        var magnitude = Math.Abs((decimal)ns);
        var seconds = magnitude / UnixTime.NsPerSecond;
        return sign + seconds switch
        {
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{magnitude / UnixTime.NsPerMillisecond:0} ms"),
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
            < 3_600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 60)} m {Math.Floor(seconds % 60)} s"),
            < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3_600)} h {Math.Floor(seconds / 60 % 60)} m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 86_400)} d"),
        };
    }

    /// <summary>Thousands divided by commas.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(ulong count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A time, or a dash where there is none.</summary>
    public static string Time(long unixNs) => unixNs == 0 ? "-" : UnixTime.Format(unixNs);
}
