using System.Buffers.Binary;
using System.Globalization;

namespace StockAspire.Otlp;

/// <summary>A W3C trace id: 16 bytes, written as 32 lower-case hexadecimal digits. All zero means none.</summary>
public readonly record struct TraceId(ulong High, ulong Low)
{
    internal const int Size = 16;

    public bool IsEmpty => (High | Low) == 0;

    /// <summary>Empty for anything that is not 16 bytes.</summary>
    internal static TraceId Read(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new TraceId(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]))
        : default;

    /// <summary>True for 32 hexadecimal digits that are not all zero.</summary>
    public static bool TryParse(string? text, out TraceId id)
    {
        id = default;
        if (text?.Length != 2 * Size ||
            !ulong.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high) ||
            !ulong.TryParse(text.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
        {
            return false;
        }

        id = new TraceId(high, low);
        return !id.IsEmpty;
    }

    public override string ToString() => IsEmpty ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
