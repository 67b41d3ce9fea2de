namespace StockAspire.Market;

/// <summary>The price of one unit of an instrument, in its own currency. An exact count of 1e-9: no floating point ever carries it.</summary>
/// <param name="E9">Units of 1e-9.</param>
public readonly record struct Price(long E9) : IComparable<Price>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Digits after the decimal point that a value can carry.</summary>
    public const int Scale = 9;

    public static bool operator <(Price left, Price right) => left.E9 < right.E9;

    public static bool operator >(Price left, Price right) => left.E9 > right.E9;

    public static bool operator <=(Price left, Price right) => left.E9 <= right.E9;

    public static bool operator >=(Price left, Price right) => left.E9 >= right.E9;

    /// <summary>Reads a decimal text exactly; what does not fit the unit or int64 is an error, never rounded.</summary>
    public static FixedPointError TryParse(ReadOnlySpan<char> text, out Price value)
    {
        var error = FixedPoint.TryParse(text, Scale, out var units);
        value = new Price(units);
        return error;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Price)"/>
    public static FixedPointError TryParse(ReadOnlySpan<byte> utf8Text, out Price value)
    {
        var error = FixedPoint.TryParse(utf8Text, Scale, out var units);
        value = new Price(units);
        return error;
    }

    /// <summary>Reads a count of 10^-<paramref name="unitDigits"/>, such as 1674100 for 167.41 where prices are written x 10,000.</summary>
    /// <param name="unitDigits">0 to <see cref="Scale"/>.</param>
    public static FixedPointError TryParseUnits(ReadOnlySpan<byte> utf8Text, int unitDigits, out Price value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)unitDigits, (uint)Scale, nameof(unitDigits));
        var error = FixedPoint.TryParse(utf8Text, Scale - unitDigits, out var units);
        value = new Price(units);
        return error;
    }

    /// <summary>What was expected, for an error message about a text that failed with <paramref name="error"/>.</summary>
    public static string Explain(FixedPointError error) => FixedPoint.Explain(error, Scale, long.MaxValue);

    public int CompareTo(Price other) => E9.CompareTo(other.E9);

    /// <summary>The shortest exact decimal, such as 145.38.</summary>
    public override string ToString() => FixedPoint.Format(E9, Scale);

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        FixedPoint.TryFormat(E9, Scale, destination, out charsWritten);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        FixedPoint.TryFormat(E9, Scale, utf8Destination, out bytesWritten);
}
