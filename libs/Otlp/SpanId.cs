using System.Buffers.Binary;
using System.Globalization;

namespace StockAspire.Otlp;

/// <summary>A W3C span id: 8 bytes, written as 16 lower-case hexadecimal digits. All zero means none.</summary>
public readonly record struct SpanId(ulong Value)
{
    internal const int Size = 8;

    public bool IsEmpty => Value == 0;

    /// <summary>Empty for anything that is not 8 bytes.</summary>
    internal static SpanId Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new SpanId(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;

    /// <summary>True for 16 hexadecimal digits that are not all zero.</summary>
    public static bool TryParse(string? text, out SpanId id)
    {
        id = default;
        if (text?.Length != 2 * Size || !ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new SpanId(value);
        return !id.IsEmpty;
    }

    public override string ToString() => IsEmpty ? string.Empty : Value.ToString("x16", CultureInfo.InvariantCulture);
}
