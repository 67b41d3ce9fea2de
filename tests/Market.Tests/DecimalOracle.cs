using System.Globalization;
using System.Numerics;

namespace StockAspire.Market.Tests;

/// <summary>Decimal texts by arbitrary-precision arithmetic: slow, and sharing nothing with what is tested.</summary>
internal static class DecimalOracle
{
    /// <param name="text">A well-formed number: sign, digits with or without a point, exponent.</param>
    public static (FixedPointError Error, long Units) Read(string text, int scale)
    {
        var e = text.IndexOfAny(['e', 'E']);
        var exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var power = scale + exponent - (point < 0 ? 0 : mantissa.Length - point - 1);
        var divisor = BigInteger.Pow(10, Math.Max(0, -power));
        var units = digits * BigInteger.Pow(10, Math.Max(0, power));
        return !(units % divisor).IsZero ? (FixedPointError.TooManyDigits, 0)
            : BigInteger.Abs(units / divisor) > long.MaxValue ? (FixedPointError.OutOfRange, 0)
            : (FixedPointError.None, (long)(units / divisor));
    }
}
