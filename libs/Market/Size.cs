namespace StockAspire.Market;

/// <summary>How much was traded: shares, contracts or coins. An exact count of 1e-8: no floating point ever carries it.</summary>
/// <param name="E8">Units of 1e-8.</param>
public readonly record struct Size(long E8) : IComparable<Size>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Digits after the decimal point that a value can carry.</summary>
    public const int Scale = 8;

    public static bool operator <(Size left, Size right) => left.E8 < right.E8;

    public static bool operator >(Size left, Size right) => left.E8 > right.E8;

    public static bool operator <=(Size left, Size right) => left.E8 <= right.E8;

    public static bool operator >=(Size left, Size right) => left.E8 >= right.E8;

    /// <summary>Reads a decimal text exactly; what does not fit the unit or int64 is an error, never rounded.</summary>
    public static FixedPointError TryParse(ReadOnlySpan<char> text, out Size value)
    {
        var error = FixedPoint.TryParse(text, Scale, out var units);
        value = new Size(units);
        return error;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Size)"/>
    public static FixedPointError TryParse(ReadOnlySpan<byte> utf8Text, out Size value)
    {
        var error = FixedPoint.TryParse(utf8Text, Scale, out var units);
        value = new Size(units);
        return error;
    }

    /// <summary>What was expected, for an error message about a text that failed with <paramref name="error"/>.</summary>
    public static string Explain(FixedPointError error) => FixedPoint.Explain(error, Scale, long.MaxValue);

    public int CompareTo(Size other) => E8.CompareTo(other.E8);

    /// <summary>The shortest exact decimal, such as 145.38.</summary>
    public override string ToString() => FixedPoint.Format(E8, Scale);

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        FixedPoint.TryFormat(E8, Scale, destination, out charsWritten);

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        FixedPoint.TryFormat(E8, Scale, utf8Destination, out bytesWritten);
}
