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

    /// <summary>RFC 3339 in UTC with exactly nine digits of fraction, such as 2013-10-07T13:30:00.000000000Z.</summary>
    public static string Format(long unixNs)
    {
        var seconds = FloorDivide(unixNs, NsPerSecond);
        var fraction = unixNs - (seconds * NsPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddSeconds(seconds):yyyy-MM-dd'T'HH:mm:ss}.{fraction:d9}Z");
    }

    /// <summary>
    /// Reads RFC 3339 (T or a space, any offset, up to nine digits of fraction; seconds may be left out; without an offset
    /// it is UTC) or a date (its midnight, UTC). There is no leap second 60.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long unixNs) => TimeText.TryParse(text, out unixNs, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out long)"/>
    /// <param name="hasOffset">False where the text says nothing of a zone: the time is given as if it were UTC.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out long unixNs, out bool hasOffset) =>
        TimeText.TryParse(utf8Text, out unixNs, out hasOffset);

    /// <summary>Reads a decimal count of units since the Unix epoch exactly, such as 1700000000.25 seconds.</summary>
    /// <returns>False where it is no number, not a whole number of ns, or outside int64.</returns>
    public static bool TryParseEpoch(ReadOnlySpan<byte> utf8Text, EpochUnit unit, out long unixNs)
    {
        if (unit == EpochUnit.ByMagnitude)
        {
            unit = EpochUnitOf(utf8Text);
        }

        return FixedPoint.TryParse(utf8Text, (int)unit, out unixNs) == FixedPointError.None;
    }

    /// <summary>Division rounded towards minus infinity, so that times before 1970 fall into the right second, day or bucket.</summary>
    public static long FloorDivide(long value, long divisor)
    {
        var (quotient, remainder) = Math.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    /// <summary>
    /// By the digits before the point: up to 11 are seconds (to the year 5138), up to 14 ms, up to 17 us, more ns. Each
    /// unit's reach begins where the one above is in March 1973.
    /// </summary>
    private static EpochUnit EpochUnitOf(ReadOnlySpan<byte> utf8Text)
    {
        var digits = utf8Text.TrimStart("-+"u8).TrimStart((byte)'0');
        var count = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return (count < 0 ? digits.Length : count) switch
        {
            <= 11 => EpochUnit.Seconds,
            <= 14 => EpochUnit.Milliseconds,
            <= 17 => EpochUnit.Microseconds,
            _ => EpochUnit.Nanoseconds,
        };
    }
}
