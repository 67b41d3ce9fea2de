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

    /// <summary>1 January 1900, UTC, in ns since the Unix epoch: older daily data does not exist for what we carry.</summary>
    public const long EventTimeMinNs = -2_208_988_800_000_000_000;

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

        foreach (var c in symbol)
        {
            if (char.IsWhiteSpace(c))
            {
                return new TickFault("symbol", "visible characters", $"\"{symbol}\" with white space");
            }
        }

        return null;
    }

    /// <summary>Checks length (UTF-8 bytes, at least 1), absence of control characters, and well-formed UTF-16.</summary>
    public static TickFault? CheckText(string field, string text, int sizeMax)
    {
        if (text.Length == 0)
        {
            return new TickFault(field, "a text", "nothing");
        }

        if (text.Length > sizeMax || Encoding.UTF8.GetByteCount(text) > sizeMax)
        {
            var shown = text.Length > 32 ? text[..32] + "..." : text;
            return new TickFault(
                field,
                string.Create(CultureInfo.InvariantCulture, $"at most {sizeMax} bytes of UTF-8"),
                string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text)} bytes (\"{shown}\")"));
        }

        foreach (var c in text)
        {
            if (char.IsControl(c) || c == '\uFFFD')
            {
                return new TickFault(field, "valid text without control characters", string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}"));
            }
        }

        return null;
    }

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

        foreach (var (name, value) in attributes.AsSpan())
        {
            if (CheckText("attributes", name, AttributeNameSizeMax) is { } fault)
            {
                return fault;
            }

            if (Encoding.UTF8.GetByteCount(value.Text) > AttributeValueSizeMax)
            {
                return new TickFault("attributes." + name, $"at most {AttributeValueSizeMax} bytes of UTF-8", $"{value.Text.Length} characters");
            }
        }

        return null;
    }
}
