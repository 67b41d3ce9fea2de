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
/// Exact decimal text to and from an int64 count of 10^-scale units. Accepts <c>[+-]digits[.digits][e[+-]digits]</c>
/// (ASCII or UTF-16) and never rounds: a digit below the unit that is not 0 is <see cref="FixedPointError.TooManyDigits"/>.
/// </summary>
internal static class FixedPoint
{
    /// <summary>Longest text of a value: sign, 19 digits, point, leading zero.</summary>
    public const int TextLengthMax = 24;

    /// <summary>Largest magnitude of a written exponent; beyond it no value but 0 fits an int64.</summary>
    private const int ExponentMax = 64;

    public static FixedPointError TryParse<TChar>(ReadOnlySpan<TChar> text, int scale, out long value)
        where TChar : unmanaged, System.Numerics.IBinaryInteger<TChar>
    {
        value = 0;
        if (text.IsEmpty)
        {
            return FixedPointError.Empty;
        }

        var position = 0;
        var first = uint.CreateTruncating(text[0]);
        var negative = first == '-';
        if (negative || first == '+')
        {
            position++;
        }

        UInt128 magnitude = 0;
        var digits = 0;
        var fraction = 0;
        var seenPoint = false;
        for (; position < text.Length; position++)
        {
            var c = uint.CreateTruncating(text[position]);
            if (c - '0' <= 9)
            {
                // 36 significant digits fit UInt128; beyond that nothing fits an int64 or only zeros are dropped below.
                if (magnitude > UInt128.MaxValue / 100)
                {
                    return FixedPointError.OutOfRange;
                }

                magnitude = (magnitude * 10) + (c - '0');
                digits++;
                if (seenPoint)
                {
                    fraction++;
                }
            }
            else if (c == '.' && !seenPoint)
            {
                seenPoint = true;
            }
            else
            {
                break;
            }
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

        return Scale(magnitude, scale - fraction + exponent, negative, out value);
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

    private static bool TryParseExponent<TChar>(ReadOnlySpan<TChar> text, out int exponent)
        where TChar : unmanaged, System.Numerics.IBinaryInteger<TChar>
    {
        exponent = 0;
        if ((uint.CreateTruncating(text[0]) | 0x20) != 'e' || text.Length < 2)
        {
            return false;
        }

        var sign = uint.CreateTruncating(text[1]);
        var position = sign is '-' or '+' ? 2 : 1;
        if (position == text.Length)
        {
            return false;
        }

        for (; position < text.Length; position++)
        {
            var digit = uint.CreateTruncating(text[position]) - '0';
            if (digit > 9)
            {
                return false;
            }

            exponent = Math.Min((exponent * 10) + (int)digit, ExponentMax);
        }

        exponent = sign == '-' ? -exponent : exponent;
        return true;
    }

    private static FixedPointError Scale(UInt128 magnitude, int power, bool negative, out long value)
    {
        value = 0;
        for (; power > 0 && magnitude != 0; power--)
        {
            if (magnitude > long.MaxValue)
            {
                return FixedPointError.OutOfRange;
            }

            magnitude *= 10;
        }

        for (; power < 0 && magnitude != 0; power++)
        {
            (magnitude, var remainder) = UInt128.DivRem(magnitude, 10);
            if (remainder != 0)
            {
                return FixedPointError.TooManyDigits;
            }
        }

        // int64's lowest value is left out: every accepted value can be negated.
        if (magnitude > long.MaxValue)
        {
            return FixedPointError.OutOfRange;
        }

        value = negative ? -(long)magnitude : (long)magnitude;
        return FixedPointError.None;
    }
}
