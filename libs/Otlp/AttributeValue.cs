using System.Globalization;
using System.Text;

namespace StockAspire.Otlp;

/// <summary>
/// OTLP's AnyValue: the value of an attribute or the body of a log record. Immutable. Which property may be read is told
/// by <see cref="Kind"/>; another one gives the default of its type.
/// </summary>
public readonly struct AttributeValue
{
    private readonly long _bits;
    private readonly object? _reference;

    private AttributeValue(AttributeKind kind, long bits, object? reference)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
    }

    public AttributeKind Kind { get; }

    public string Text => _reference as string ?? string.Empty;

    public bool Bool => Kind == AttributeKind.Bool && _bits != 0;

    public long Whole => Kind == AttributeKind.Whole ? _bits : 0;

    public double Real => Kind == AttributeKind.Real ? BitConverter.Int64BitsToDouble(_bits) : 0;

    public IReadOnlyList<AttributeValue> Items => _reference as AttributeValue[] ?? [];

    public IReadOnlyList<TelemetryAttribute> Entries => _reference as TelemetryAttribute[] ?? [];

    public ReadOnlyMemory<byte> Bytes => _reference as byte[] ?? [];

    /// <summary>The number that comparisons go by; null for anything that is none.</summary>
    public double? Number => Kind switch
    {
        AttributeKind.Whole => Whole,
        AttributeKind.Real => Real,
        AttributeKind.Text when double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    public static AttributeValue Of(string value) => new(AttributeKind.Text, 0, value);

    public static AttributeValue Of(bool value) => new(AttributeKind.Bool, value ? 1 : 0, null);

    public static AttributeValue Of(long value) => new(AttributeKind.Whole, value, null);

    public static AttributeValue Of(double value) => new(AttributeKind.Real, BitConverter.DoubleToInt64Bits(value), null);

    internal static AttributeValue Of(AttributeValue[] items) => new(AttributeKind.Array, 0, items);

    internal static AttributeValue Of(TelemetryAttribute[] entries) => new(AttributeKind.Map, 0, entries);

    internal static AttributeValue Of(byte[] bytes) => new(AttributeKind.Bytes, 0, bytes);

    /// <summary>Text as it is; arrays and maps as <c>[a, b]</c> and <c>{key: value}</c>; bytes in base 64.</summary>
    public override string ToString() => Kind switch
    {
        AttributeKind.Text => Text,
        AttributeKind.Bool => Bool ? "true" : "false",
        AttributeKind.Whole => _bits.ToString(CultureInfo.InvariantCulture),
        AttributeKind.Real => Real.ToString(CultureInfo.InvariantCulture),
        AttributeKind.Array => new StringBuilder("[").AppendJoin(", ", Items).Append(']').ToString(),
        AttributeKind.Map => new StringBuilder("{").AppendJoin(", ", Entries).Append('}').ToString(),
        AttributeKind.Bytes => Convert.ToBase64String(Bytes.Span),
        _ => string.Empty,
    };
}
