using System.Globalization;

namespace StockAspire.Market;

/// <summary>Why a decimal text is not an exact fixed-point number.</summary>
public enum FixedPointError
{
    None,
    Empty,
    NotANumber,
    TooManyDigits,
    OutOfRange,
}

/// <summary>
/// Exact decimal text to and from an int64 count of 10^-scale units. Accepts <c>[+-]digits[.digits][e[+-]digits]</c>, and
/// no digits on one side of the point (ASCII or UTF-16), and never rounds: a digit below the unit that is not 0 is <see cref="FixedPointError.TooManyDigits"/>.
/// </summary>
internal static class FixedPoint
{
    /// <summary>Longest text of a value: sign, 19 digits, point, leading zero.</summary>
    public const int TextLengthMax = 24;

    /// <summary>Larger written exponents count as this: above the length of any text that has zeros to make up for them.</summary>
    private const int ExponentMax = 100_000_000;

    /// <summary>Decimal digits of int64's highest value; any number of so many digits fits a ulong.</summary>
    private const int SignificantDigitsMax = 19;

    /// <summary>Longer texts are rare: they are zeros, or wrong.</summary>
    private const int StackTextLengthMax = 64;

    private static readonly ulong[] PowersOfTen =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    public static FixedPointError TryParse(ReadOnlySpan<char> text, int scale, out long value)
    {
        Span<byte> ascii = text.Length <= StackTextLengthMax ? stackalloc byte[StackTextLengthMax] : new byte[text.Length];
        ascii = ascii[..text.Length];
        Narrow(text, ascii);
        return TryParse(ascii, scale, out value);
    }

    public static FixedPointError TryParse(ReadOnlySpan<byte> text, int scale, out long value)
    {
        value = 0;
        if (text.IsEmpty)
        {
            return FixedPointError.Empty;
        }

        var first = text[0];
        var negative = first == '-';
        var position = negative || first == '+' ? 1 : 0;

        // The digits from the first that is not 0 to the last that is not 0, and the power of ten of the latter: zeros
        // wait in pendingZeros until a digit follows them, so that no number of zeros can overflow anything.
        var significand = 0UL;
        int significantDigits = 0, pendingZeros = 0, digits = 0, fraction = 0;
        var seenPoint = false;
        for (; position < text.Length; position++)
        {
            var digit = (uint)text[position] - '0';
            if (digit > 9)
            {
                if (seenPoint || text[position] != '.')
                {
                    break;
                }

                seenPoint = true;
                continue;
            }

            digits++;
            fraction += seenPoint ? 1 : 0;
            if (digit == 0)
            {
                pendingZeros += significantDigits > 0 ? 1 : 0;
                continue;
            }

            for (; pendingZeros >= 0; pendingZeros--)
            {
                // More digits than fit are only counted: no int64 ends in so many.
                significantDigits++;
                significand = significantDigits <= SignificantDigitsMax ? significand * 10 : significand;
            }

            significand += significantDigits <= SignificantDigitsMax ? digit : 0;
            pendingZeros = 0;
        }

        if (digits == 0)
        {
            return FixedPointError.NotANumber;
        }

        var exponent = 0;
        if (position < text.Length && !TryParseExponent(text[position..], out exponent))
        {
            return FixedPointError.NotANumber;
        }

        return Scale(significand, significantDigits, scale - fraction + pendingZeros + exponent, negative, out value);
    }

    /// <summary>UTF-16 to ASCII; what is no ASCII becomes what is part of no number and no time.</summary>
    public static void Narrow(ReadOnlySpan<char> text, Span<byte> ascii)
    {
        for (var i = 0; i < text.Length; i++)
        {
            ascii[i] = char.IsAscii(text[i]) ? (byte)text[i] : (byte)'?';
        }
    }

    public static bool TryFormat(long value, int scale, Span<char> destination, out int written)
    {
        Span<byte> ascii = stackalloc byte[TextLengthMax];
        if (!TryFormat(value, scale, ascii, out var length) || length > destination.Length)
        {
            written = 0;
            return false;
        }

        for (var i = 0; i < length; i++)
        {
            destination[i] = (char)ascii[i];
        }

        written = length;
        return true;
    }

    /// <summary>Writes the shortest plain decimal: no exponent, no trailing zeros of the fraction, "-" only where below 0.</summary>
    public static bool TryFormat(long value, int scale, Span<byte> destination, out int written)
    {
        Span<byte> reversed = stackalloc byte[TextLengthMax];
        var length = 0;
        var magnitude = value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;
        var trimming = true;
        for (var digit = 0; magnitude != 0 || digit <= scale; digit++)
        {
            (magnitude, var remainder) = Math.DivRem(magnitude, 10);
            if (digit == scale && length > 0)
            {
                reversed[length++] = (byte)'.';
            }

            trimming = trimming && remainder == 0 && digit < scale;
            if (!trimming)
            {
                reversed[length++] = (byte)('0' + remainder);
            }
        }

        if (value < 0)
        {
            reversed[length++] = (byte)'-';
        }

        written = 0;
        if (length > destination.Length)
        {
            return false;
        }

        reversed[..length].Reverse();
        reversed[..length].CopyTo(destination);
        written = length;
        return true;
    }

    public static string Format(long value, int scale)
    {
        Span<char> text = stackalloc char[TextLengthMax];
        TryFormat(value, scale, text, out var length);
        return new string(text[..length]);
    }

    public static string Explain(FixedPointError error, int scale, long unitsMax) => error switch
    {
        FixedPointError.Empty => "a decimal number, not an empty text",
        FixedPointError.NotANumber => "a decimal number such as 1234.56",
        FixedPointError.TooManyDigits => string.Create(CultureInfo.InvariantCulture, $"at most {scale} digits after the point"),
        FixedPointError.OutOfRange => $"a number between -{Format(unitsMax, scale)} and {Format(unitsMax, scale)}",
        _ => "a decimal number",
    };

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if ((text[0] | 0x20) != 'e' || text.Length < 2)
        {
            return false;
        }

        var sign = text[1];
        var position = sign is (byte)'-' or (byte)'+' ? 2 : 1;
        if (position == text.Length)
        {
            return false;
        }

        for (; position < text.Length; position++)
        {
            var digit = (uint)text[position] - '0';
            if (digit > 9)
            {
                return false;
            }

            exponent = Math.Min((exponent * 10) + (int)digit, ExponentMax);
        }

        exponent = sign == '-' ? -exponent : exponent;
        return true;
    }

    /// <summary>The last digit of the significand is not 0, so a negative power always loses digits.</summary>
    private static FixedPointError Scale(ulong significand, int significantDigits, int power, bool negative, out long value)
    {
        value = 0;
        if (significantDigits == 0)
        {
            return FixedPointError.None;
        }

        if (power < 0)
        {
            return FixedPointError.TooManyDigits;
        }

        // int64's lowest value is left out: every accepted value can be negated.
        if (significantDigits + power > SignificantDigitsMax)
        {
            return FixedPointError.OutOfRange;
        }

        var magnitude = significand * PowersOfTen[power];
        if (magnitude > long.MaxValue)
        {
            return FixedPointError.OutOfRange;
        }

        value = negative ? -(long)magnitude : (long)magnitude;
        return FixedPointError.None;
    }
}
