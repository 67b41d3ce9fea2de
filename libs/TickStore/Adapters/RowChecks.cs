using System.Text;
using StockAspire.Market;

namespace StockAspire.TickStore.Adapters;

/// <summary>
/// What a row must be to be stored, in every store alike: what one refuses and another takes could not be moved between them.
/// Texts that come again and again (blocks share them) are checked once. Not thread-safe.
/// </summary>
internal sealed class RowChecks
{
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private string? _symbol;
    private string? _source;
    private string? _venue;
    private ConditionSet? _conditions;

    /// <exception cref="TickStoreRejectedException">The row can never be stored; the message names the field.</exception>
    public void Check(in StoredTick row)
    {
        CheckValues(in row);
        var tick = row.Tick;
        if (!ReferenceEquals(tick.Symbol, _symbol))
        {
            CheckSymbol(tick.Symbol);
            _symbol = tick.Symbol;
        }

        if (!ReferenceEquals(tick.Id.Source, _source))
        {
            CheckSource(tick.Id.Source);
            _source = tick.Id.Source;
        }

        if (tick.Venue.Length > 0 && !ReferenceEquals(tick.Venue, _venue))
        {
            CheckVenue(tick.Venue);
            _venue = tick.Venue;
        }

        if (tick.Conditions.Count > 0 && !ReferenceEquals(tick.Conditions, _conditions))
        {
            CheckConditions(tick.Conditions);
            _conditions = tick.Conditions;
        }
    }

    /// <summary>Everything but symbol, source, venue and conditions, which a store may check once for a name.</summary>
    public static void CheckValues(in StoredTick row)
    {
        var tick = row.Tick;

        // A scan's end is exclusive, so what happened at the last ns of int64 could never be read.
        if (tick.EventTimeNs is < TickLimits.EventTimeMinNs or long.MaxValue)
            throw new TickStoreRejectedException($"event_time_ns: expected {TickLimits.EventTimeMinNs} (1900) to {long.MaxValue - 1}, got {tick.EventTimeNs}.");
        if (tick.Action > TickAction.Cancel)
            throw new TickStoreRejectedException($"action: expected at most {(int)TickAction.Cancel}, got {(int)tick.Action}.");
        if (row.Position < 0)
            throw new TickStoreRejectedException($"position: expected 0 or more, got {row.Position}.");
        if (tick.Attributes.Count > 0)
            CheckAttributes(tick.Attributes);
    }

    public static void CheckSymbol(string symbol) => Throw(TickLimits.CheckSymbol(symbol));

    public static void CheckSource(string source) => Throw(TickLimits.CheckText("source", source, TickLimits.SourceSizeMax));

    public static void CheckVenue(string venue) => Throw(TickLimits.CheckText("venue", venue, TickLimits.VenueSizeMax));

    public static void CheckConditions(ConditionSet conditions)
    {
        foreach (var condition in conditions.AsSpan())
            Throw(TickLimits.CheckText("conditions", condition, TickLimits.ConditionSizeMax));
    }

    private static void CheckAttributes(AttributeMap attributes)
    {
        try
        {
            var size = 0L;
            foreach (var (name, value) in attributes.AsSpan())
                size += StrictUtf8.GetByteCount(name) + StrictUtf8.GetByteCount(value.Text);
            if (size > TickLimits.AttributesSizeMax)
                throw new TickStoreRejectedException($"attributes: expected at most {TickLimits.AttributesSizeMax} bytes of UTF-8 together, got {size}.");
        }
        catch (EncoderFallbackException exception)
        {
            throw new TickStoreRejectedException($"attributes: {exception.Message}", exception);
        }
    }

    private static void Throw(TickFault? fault)
    {
        if (fault is not null)
            throw new TickStoreRejectedException(fault.ToString());
    }
}
