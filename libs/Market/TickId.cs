using System.Globalization;

namespace StockAspire.Market;

/// <summary>What a tick is, for ever: a pure function of what was ingested, so that a second delivery is recognised.</summary>
/// <param name="Source">Where it came from, see <see cref="SourceName"/>.</param>
/// <param name="Sequence">Its number within the source, increasing by one.</param>
public readonly record struct TickId(string Source, ulong Sequence)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Source}:{Sequence}");

    /// <summary>Reads <c>SOURCE:SEQUENCE</c>; the last colon divides them, since sources have colons of their own.</summary>
    public static bool TryParse(string text, out TickId id)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && ulong.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            id = new TickId(text[..colon], sequence);
            return true;
        }

        id = default;
        return false;
    }
}
