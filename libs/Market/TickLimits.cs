using System.Buffers;
using System.Globalization;
using System.Text;

namespace StockAspire.Market;

/// <summary>What is wrong with one field of a tick, in the words of an error message.</summary>
/// <param name="Field">Proto field name, such as <c>event_time_ns</c>.</param>
public sealed record TickFault(string Field, string Expected, string Actual)
{
    public override string ToString() => $"{Field}: expected {Expected}, got {Actual}";
}

/// <summary>The limits of a tick's fields, and the one check of them that every way in uses.</summary>
public static class TickLimits
{
    /// <summary>UTF-8 bytes of a symbol: it is part of every key, and a Kafka and CQL key in itself.</summary>
    public const int SymbolSizeMax = 64;
    public const int SourceSizeMax = 200;
    public const int VenueSizeMax = 32;
    public const int ConditionsMax = 16;
    public const int ConditionSizeMax = 32;
    public const int AttributesMax = 64;
    public const int AttributeNameSizeMax = 64;
    public const int AttributeValueSizeMax = 4096;

    /// <summary>UTF-8 bytes of all names and values of one tick, so that every valid tick fits into a block.</summary>
    public const int AttributesSizeMax = 64 * 1024;

    /// <summary>1 January 1900, UTC, in ns since the Unix epoch: older daily data does not exist for what we carry.</summary>
    public const long EventTimeMinNs = -2_208_988_800_000_000_000;

    /// <summary>What decoders put in place of bytes that are no text: its presence says that something was lost.</summary>
    private const char Replacement = '\uFFFD';

    private const int Utf8SizeMax = 3;
    private const int ShownLengthMax = 32;

    /// <summary>Visible ASCII.</summary>
    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);
    private static readonly SearchValues<char> Printable = SearchValues.Create([' ', .. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);

    /// <summary>Checks every field; the first fault found, or null.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="eventTimeMaxNs">The latest event time accepted: now plus the allowed skew.</param>
    public static TickFault? Check(in Tick tick, long eventTimeMaxNs)
    {
        if (CheckSymbol(tick.Symbol) is { } symbolFault)
        {
            return symbolFault;
        }

        if (tick.Size.E8 < 0)
        {
            return new TickFault("size_e8", "a size of 0 or more", tick.Size.ToString());
        }

        if (tick.EventTimeNs < EventTimeMinNs || tick.EventTimeNs > eventTimeMaxNs)
        {
            return new TickFault(
                "event_time_ns",
                $"a time from {UnixTime.Format(EventTimeMinNs)} to {UnixTime.Format(eventTimeMaxNs)}",
                UnixTime.Format(tick.EventTimeNs));
        }

        if (tick.Action > TickAction.Cancel)
        {
            return new TickFault("action", "0 (NEW), 1 (CORRECT) or 2 (CANCEL)", ((int)tick.Action).ToString(CultureInfo.InvariantCulture));
        }

        return CheckText("source", tick.Id.Source, SourceSizeMax) ??
            (tick.Venue.Length == 0 ? null : CheckText("venue", tick.Venue, VenueSizeMax)) ??
            (tick.Conditions.Count == 0 ? null : CheckConditions(tick.Conditions)) ??
            (tick.Attributes.Count == 0 ? null : CheckAttributes(tick.Attributes));
    }

    /// <summary>A symbol is 1 to 64 UTF-8 bytes of visible characters: no white space, no control characters.</summary>
    public static TickFault? CheckSymbol(string? symbol)
    {
        if (string.IsNullOrEmpty(symbol))
        {
            return new TickFault("symbol", "a symbol", "nothing");
        }

        if (CheckText("symbol", symbol, SymbolSizeMax) is { } fault)
        {
            return fault;
        }

        return symbol.AsSpan().ContainsAnyExcept(Visible) && symbol.Any(char.IsWhiteSpace)
            ? new TickFault("symbol", "visible characters", $"\"{symbol}\" with white space")
            : null;
    }

    /// <summary>Checks length (UTF-8 bytes, at least 1), absence of control characters, and well-formed UTF-16.</summary>
    public static TickFault? CheckText(string field, string text, int sizeMax)
    {
        if (text.Length == 0)
        {
            return new TickFault(field, "a text", "nothing");
        }

        if (text.Length > sizeMax || (text.Length * Utf8SizeMax > sizeMax && Encoding.UTF8.GetByteCount(text) > sizeMax))
        {
            return TooLarge(field, text, sizeMax);
        }

        // Almost every text is visible ASCII, which is told at a glance.
        return !text.AsSpan().ContainsAnyExcept(Printable) ? null : CheckCharacters(field, text);
    }

    private static TickFault? CheckCharacters(string field, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsControl(c) || char.IsSurrogate(c) || c == Replacement)
            {
                return new TickFault(field, "valid text without control characters", string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}"));
            }
        }

        return null;
    }

    private static TickFault TooLarge(string field, string text, int sizeMax) => new(
        field,
        string.Create(CultureInfo.InvariantCulture, $"at most {sizeMax} bytes of UTF-8"),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Encoding.UTF8.GetByteCount(text)} bytes (\"{(text.Length > ShownLengthMax ? text[..ShownLengthMax] + "..." : text)}\")"));

    private static TickFault? CheckConditions(ConditionSet conditions)
    {
        if (conditions.Count > ConditionsMax)
        {
            return new TickFault("conditions", $"at most {ConditionsMax}", conditions.Count.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var condition in conditions.AsSpan())
        {
            if (CheckText("conditions", condition, ConditionSizeMax) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static TickFault? CheckAttributes(AttributeMap attributes)
    {
        if (attributes.Count > AttributesMax)
        {
            return new TickFault("attributes", $"at most {AttributesMax}", attributes.Count.ToString(CultureInfo.InvariantCulture));
        }

        var size = 0;
        foreach (var (name, value) in attributes.AsSpan())
        {
            if ((CheckText("attributes", name, AttributeNameSizeMax) ?? CheckValue(name, value)) is { } fault)
            {
                return fault;
            }

            size += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value.Text);
        }

        return size <= AttributesSizeMax
            ? null
            : new TickFault("attributes", $"at most {AttributesSizeMax} bytes of UTF-8 together", size.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A text attribute is free text: line ends and tabs may be in it, broken Unicode may not.</summary>
    private static TickFault? CheckValue(string name, AttributeValue value)
    {
        var text = value.Text;
        if (text.Length > AttributeValueSizeMax || Encoding.UTF8.GetByteCount(text) > AttributeValueSizeMax)
        {
            return TooLarge("attributes." + name, text, AttributeValueSizeMax);
        }

        // A number that no factory made (default) has no digits.
        return value.Kind == AttributeKind.Number && text.Length == 0 ? new TickFault("attributes." + name, "a decimal number", "nothing")
            : text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 && !IsWellFormed(text) ? new TickFault("attributes." + name, "valid text", "half a surrogate pair")
            : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
