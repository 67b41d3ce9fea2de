using System.Text;

namespace StockAspire.Otlp.Wire;

/// <summary>
/// Gives one string for equal bytes, as far as it remembers: keys, names and small values repeat in every message. A
/// table of fixed size where a newcomer replaces whoever has its place, so that a flood of different strings costs no
/// memory. Thread-safe without locks: a lost race makes one string more.
/// </summary>
internal sealed class StringPool
{
    private const int Slots = 8192;

    /// <summary>Longer text seldom repeats.</summary>
    private const int LengthMax = 128;

    private readonly string?[] _strings = new string?[Slots];

    /// <summary>At most <paramref name="charsMax"/> characters of the text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Get(ReadOnlySpan<byte> utf8, int charsMax)
    {
        if (utf8.IsEmpty)
        {
            return string.Empty;
        }

        if (utf8.Length > LengthMax || utf8.Length > charsMax)
        {
            return Cut(utf8, charsMax);
        }

        Span<char> chars = stackalloc char[LengthMax];
        chars = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        ref var slot = ref _strings[(uint)string.GetHashCode(chars) % Slots];
        if (slot is { } known && chars.SequenceEqual(known))
        {
            return known;
        }

        return slot = new string(chars);
    }

    private static string Cut(ReadOnlySpan<byte> utf8, int charsMax)
    {
        // A character of UTF-16 takes at most three bytes of UTF-8: no need to decode what is cut off anyway.
        var text = Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 3 * charsMax)]);
        if (text.Length <= charsMax)
        {
            return text;
        }

        return char.IsHighSurrogate(text[charsMax - 1]) ? text[..(charsMax - 1)] : text[..charsMax];
    }
}
