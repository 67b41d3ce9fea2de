namespace StockAspire.Market;

/// <summary>A tick's place in canonical order: event time, then source (ordinal UTF-16), then sequence, then revision.</summary>
/// <param name="EventTimeNs">ns since the Unix epoch, UTC.</param>
public readonly record struct TickKey(long EventTimeNs, string Source, ulong Sequence, uint Revision = 0) : IComparable<TickKey>
{
    public static bool operator <(TickKey left, TickKey right) => left.CompareTo(right) < 0;

    public static bool operator >(TickKey left, TickKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(TickKey left, TickKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TickKey left, TickKey right) => left.CompareTo(right) >= 0;

    public int CompareTo(TickKey other)
    {
        var order = EventTimeNs.CompareTo(other.EventTimeNs);
        if (order == 0 && !ReferenceEquals(Source, other.Source))
        {
            order = string.CompareOrdinal(Source, other.Source);
        }

        if (order == 0)
        {
            order = Sequence.CompareTo(other.Sequence);
        }

        return order != 0 ? order : Revision.CompareTo(other.Revision);
    }
}
