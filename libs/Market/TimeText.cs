namespace StockAspire.Market;

/// <summary>RFC 3339 times read without allocation and without a loss below 100 ns.</summary>
internal static class TimeText
{
    private const int SecondsPerDay = 86_400;
    private const int DateLength = 10;
    private const int FractionDigitsMax = 9;

    /// <summary>Of a time of day and of an offset alike (RFC 3339, 5.6, time-hour).</summary>
    private const int HoursMax = 23;

    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>2013-10-07T13:30:00.123456789+01:00.</summary>
    private const int LengthMax = 35;

    public static bool TryParse(ReadOnlySpan<char> text, out long unixNs, out bool hasOffset)
    {
        (unixNs, hasOffset) = (0, false);
        if (text.Length > LengthMax)
        {
            return false;
        }

        Span<byte> ascii = stackalloc byte[LengthMax];
        FixedPoint.Narrow(text, ascii);
        return TryParse(ascii[..text.Length], out unixNs, out hasOffset);
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out long unixNs, out bool hasOffset)
    {
        unixNs = 0;
        hasOffset = false;
        if (!TryDate(text, out var days))
        {
            return false;
        }

        var seconds = (long)days * SecondsPerDay;
        var fractionNs = 0;
        var rest = text[DateLength..];
        if (!rest.IsEmpty)
        {
            if (rest[0] is not ((byte)'T' or (byte)'t' or (byte)' '))
            {
                return false;
            }

            rest = rest[1..];
            if (!TryTimeOfDay(ref rest, out var ofDay, out fractionNs) || !TryOffset(ref rest, out var offset, out hasOffset) || !rest.IsEmpty)
            {
                return false;
            }

            seconds += ofDay - offset;
        }

        var ns = ((Int128)seconds * UnixTime.NsPerSecond) + fractionNs;
        if (ns < long.MinValue || ns > long.MaxValue)
        {
            return false;
        }

        unixNs = (long)ns;
        return true;
    }

    private static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length < DateLength || text[4] != '-' || text[7] != '-' ||
            !TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month) || !TryNumber(text[8..10], out var day) ||
            year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = new DateOnly(year, month, day).DayNumber - EpochDay;
        return true;
    }

    /// <summary><c>HH:mm[:ss[.f]]</c>.</summary>
    private static bool TryTimeOfDay(ref ReadOnlySpan<byte> rest, out int seconds, out int fractionNs)
    {
        seconds = 0;
        fractionNs = 0;
        if (!TryHoursAndMinutes(ref rest, out var minutes))
        {
            return false;
        }

        seconds = minutes * 60;
        if (rest.IsEmpty || rest[0] != ':')
        {
            return true;
        }

        if (rest.Length < 3 || !TryNumber(rest[1..3], out var second) || second > 59)
        {
            return false;
        }

        seconds += second;
        rest = rest[3..];
        return rest.IsEmpty || rest[0] != '.' || TryFraction(ref rest, out fractionNs);
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out int fractionNs)
    {
        fractionNs = 0;
        var length = 1;
        while (length < rest.Length && (uint)rest[length] - '0' <= 9)
        {
            length++;
        }

        if (length - 1 is 0 or > FractionDigitsMax || !TryNumber(rest[1..length], out fractionNs))
        {
            return false;
        }

        for (var digits = length - 1; digits < FractionDigitsMax; digits++)
        {
            fractionNs *= 10;
        }

        rest = rest[length..];
        return true;
    }

    /// <summary><c>Z</c>, <c>+HH:mm</c>, <c>-HH:mm</c> or nothing.</summary>
    private static bool TryOffset(ref ReadOnlySpan<byte> rest, out int seconds, out bool hasOffset)
    {
        seconds = 0;
        hasOffset = !rest.IsEmpty;
        if (rest.IsEmpty)
        {
            return true;
        }

        var sign = rest[0];
        rest = rest[1..];
        if (sign is (byte)'Z' or (byte)'z')
        {
            return true;
        }

        if (sign is not ((byte)'+' or (byte)'-') || !TryHoursAndMinutes(ref rest, out var minutes))
        {
            return false;
        }

        seconds = minutes * (sign == '-' ? -60 : 60);
        return true;
    }

    private static bool TryHoursAndMinutes(ref ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest.Length < 5 || rest[2] != ':' || !TryNumber(rest[..2], out var hour) || !TryNumber(rest[3..5], out var minute) ||
            hour > HoursMax || minute > 59)
        {
            return false;
        }

        minutes = (hour * 60) + minute;
        rest = rest[5..];
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var c in digits)
        {
            var digit = (uint)c - '0';
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return true;
    }
}
