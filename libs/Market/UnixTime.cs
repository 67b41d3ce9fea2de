using System.Globalization;

namespace StockAspire.Market;

/// <summary>Times as ns since the Unix epoch (UTC, int64: 1677 to 2262) and their RFC 3339 texts with ns.</summary>
public static class UnixTime
{
    public const long NsPerSecond = 1_000_000_000;
    public const long NsPerMillisecond = 1_000_000;
    public const long NsPerDay = 86_400 * NsPerSecond;

    /// <summary>ns in one .NET tick of 100 ns.</summary>
    public const long NsPerTimeSpanTick = 100;

    /// <summary>The clock's time in ns since the Unix epoch; its resolution is 100 ns.</summary>
    public static long NowNs(this TimeProvider time) => FromDateTimeOffset(time.GetUtcNow());

    public static long FromDateTimeOffset(DateTimeOffset time) =>
        checked((time.UtcTicks - DateTime.UnixEpoch.Ticks) * NsPerTimeSpanTick);

    public static long FromTimeSpan(TimeSpan span) => checked(span.Ticks * NsPerTimeSpanTick);

    /// <summary>The time cut down to 100 ns.</summary>
    public static DateTimeOffset ToDateTimeOffset(long unixNs) =>
        new(DateTime.UnixEpoch.Ticks + FloorDivide(unixNs, NsPerTimeSpanTick), TimeSpan.Zero);

    /// <summary>RFC 3339 in UTC with exactly nine digits of fraction, such as 2013-10-07T13:30:00.000000000Z.</summary>
    public static string Format(long unixNs)
    {
        var seconds = FloorDivide(unixNs, NsPerSecond);
        var fraction = unixNs - (seconds * NsPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddSeconds(seconds):yyyy-MM-dd'T'HH:mm:ss}.{fraction:d9}Z");
    }

    /// <summary>
    /// Reads RFC 3339 (any offset, up to nine digits of fraction; without an offset it is UTC) or a date (its midnight, UTC).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long unixNs)
    {
        unixNs = 0;
        var fractionNs = 0L;
        var point = text.IndexOf('.');
        Span<char> whole = stackalloc char[40];
        scoped ReadOnlySpan<char> plain = text;
        if (point >= 0)
        {
            var digits = text[(point + 1)..].IndexOfAnyExceptInRange('0', '9');
            digits = digits < 0 ? text.Length - point - 1 : digits;
            if (digits is 0 or > 9 || text.Length - digits - 1 > whole.Length)
            {
                return false;
            }

            for (var i = 0; i < 9; i++)
            {
                fractionNs = (fractionNs * 10) + (i < digits ? text[point + 1 + i] - '0' : 0);
            }

            text[..point].CopyTo(whole);
            text[(point + 1 + digits)..].CopyTo(whole[point..]);
            plain = whole[..(text.Length - digits - 1)];
        }

        if (!DateTimeOffset.TryParseExact(
                plain,
                ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time) || (point >= 0 && plain.Length < 17))
        {
            return false;
        }

        var ns = ((Int128)(time.UtcTicks - DateTime.UnixEpoch.Ticks) * NsPerTimeSpanTick) + fractionNs;
        if (ns < long.MinValue || ns > long.MaxValue)
        {
            return false;
        }

        unixNs = (long)ns;
        return true;
    }

    /// <summary>Division rounded towards minus infinity, so that times before 1970 fall into the right second, day or bucket.</summary>
    public static long FloorDivide(long value, long divisor)
    {
        var (quotient, remainder) = Math.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
