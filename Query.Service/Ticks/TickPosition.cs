using StockAspire.Market;

namespace StockAspire.Query.Ticks;

/// <summary>
/// A tick's place in an answer of several symbols: canonical order (event time, source, sequence), then symbol, which
/// only tells apart what no sound source sends: one identity under two symbols.
/// </summary>
internal readonly record struct TickPosition(long EventTimeNs, string Source, ulong Sequence, string Symbol) : IComparable<TickPosition>
{
    public static TickPosition Of(in Tick tick) => new(tick.EventTimeNs, tick.Id.Source, tick.Id.Sequence, tick.Symbol);

    public static bool operator <(TickPosition left, TickPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(TickPosition left, TickPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(TickPosition left, TickPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TickPosition left, TickPosition right) => left.CompareTo(right) >= 0;

    public static int Compare(in Tick left, in Tick right)
    {
        var order = left.EventTimeNs.CompareTo(right.EventTimeNs);
        return order != 0 ? order : Of(left).CompareTo(Of(right));
    }

    public int CompareTo(TickPosition other)
    {
        var order = EventTimeNs.CompareTo(other.EventTimeNs);
        if (order == 0)
        {
            order = string.CompareOrdinal(Source, other.Source);
        }

        if (order == 0)
        {
            order = Sequence.CompareTo(other.Sequence);
        }

        return order != 0 ? order : string.CompareOrdinal(Symbol, other.Symbol);
    }
}
