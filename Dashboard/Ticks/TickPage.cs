using StockAspire.Market;

namespace StockAspire.Dashboard.Ticks;

/// <summary>Where a page of ticks begins, newest first: event times have no order of their own among equals, so it counts them.</summary>
/// <param name="EventTimeNs">The newest event time that is on the page, ns since the Unix epoch.</param>
/// <param name="Skip">Ticks of that very time that were on pages before.</param>
internal readonly record struct TickCursor(long EventTimeNs, int Skip)
{
    /// <summary>Of so many equal event times more cannot be paged through.</summary>
    public const int SkipMax = 10_000;

    /// <summary>The page that follows one that began here and ended with these ticks.</summary>
    public static TickCursor After(TickCursor? here, IReadOnlyList<Tick> ticks)
    {
        var last = ticks[^1].EventTimeNs;
        var equal = ticks.Count(tick => tick.EventTimeNs == last);
        return new TickCursor(last, here is { } cursor && cursor.EventTimeNs == last ? cursor.Skip + equal : equal);
    }
}

/// <summary>Stored ticks of one symbol, newest first.</summary>
/// <param name="Older">Where the next page begins; null where there is none.</param>
internal sealed record TickPage(IReadOnlyList<Tick> Ticks, TickCursor? Older);
