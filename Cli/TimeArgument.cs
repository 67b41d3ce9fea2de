using System.Globalization;
using StockAspire.Market;

namespace StockAspire.Cli;

/// <summary>Times and durations as people write them.</summary>
internal static class TimeArgument
{
    public const string Expected = "RFC 3339 with up to nine digits of fraction (2013-10-07T13:30:00.5Z), a date (2013-10-07), \"now\" or a time before now (-5m, -1h30m)";
    public const string ExpectedDuration = "a duration such as 500ms, 30s, 5m or 1h30m";

    /// <summary>A point in time, ns since the Unix epoch (UTC).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, long nowNs, out long unixNs)
    {
        if (text is "now")
        {
            unixNs = nowNs;
            return true;
        }

        if (text.Length > 1 && text[0] == '-' && TryParseDuration(text[1..], out var ago))
        {
            unixNs = nowNs - ago;
            return true;
        }

        return UnixTime.TryParse(text, out unixNs);
    }

    /// <summary>Numbers with units (ns, us, ms, s, m, h, d, w), added up, or a bare number of seconds. The result is in ns, at most 100 years.</summary>
    public static bool TryParseDuration(ReadOnlySpan<char> text, out long durationNs)
    {
        const long DurationMax = 36_525 * UnixTime.NsPerDay;
        durationNs = 0;
        if (text.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) &&
                seconds <= DurationMax / UnixTime.NsPerSecond &&
                (durationNs = seconds * UnixTime.NsPerSecond) >= 0;
        }

        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits < 0 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return false;
            }

            text = text[digits..];
            var letters = text.IndexOfAnyInRange('0', '9');
            letters = letters < 0 ? text.Length : letters;
            if (NsOf(text[..letters]) is not { } unit || count > (DurationMax - durationNs) / unit)
            {
                return false;
            }

            durationNs += count * unit;
            text = text[letters..];
        }

        return true;
    }

    private static long? NsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" => 1_000,
        "ms" => UnixTime.NsPerMillisecond,
        "s" => UnixTime.NsPerSecond,
        "m" => 60 * UnixTime.NsPerSecond,
        "h" => 3_600 * UnixTime.NsPerSecond,
        "d" => UnixTime.NsPerDay,
        "w" => 7 * UnixTime.NsPerDay,
        _ => null,
    };
}
