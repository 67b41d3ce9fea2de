using StockAspire.Market;

namespace StockAspire.Feeds.Mapping;

/// <summary>
/// Local wall-clock times of one zone to UTC, to the ns. A time that occurs twice (clocks go back) is its first occurrence;
/// one that does not occur (clocks go forward) is none. Remembers the last minute's offset; not thread-safe.
/// </summary>
internal sealed class LocalClock(TimeZoneInfo zone)
{
    private const long NsPerMinute = 60 * UnixTime.NsPerSecond;
    private const string NewYork = "America/New_York";

    // Offsets change at full minutes of local time: .NET gives zones and their adjustments in minutes.
    private long _minute = long.MinValue;
    private long? _offsetNs;

    public string Name => zone.Id;

    /// <exception cref="FeedException">The system knows no such zone.</exception>
    public static LocalClock Of(string name)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ||
            (name == NewYork && TimeZoneInfo.TryFindSystemTimeZoneById("Eastern Standard Time", out zone)))
        {
            return new LocalClock(zone);
        }

        throw FeedException.BadMapping("timezone", "an IANA time zone that this system has (package tzdata)", $"\"{name}\"");
    }

    /// <param name="localNs">The wall clock's time as if it were UTC, ns since the Unix epoch.</param>
    /// <param name="unixNs">ns since the Unix epoch, UTC.</param>
    public bool TryToUnixNs(long localNs, out long unixNs)
    {
        var minute = UnixTime.FloorDivide(localNs, NsPerMinute);
        if (minute != _minute)
        {
            _minute = minute;
            _offsetNs = OffsetOf(minute);
        }

        var result = (Int128)localNs - (_offsetNs ?? 0);
        unixNs = unchecked((long)result);
        return _offsetNs is not null && unixNs == result;
    }

    private long? OffsetOf(long minute)
    {
        var local = DateTime.SpecifyKind(DateTime.UnixEpoch.AddMinutes(minute), DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            return null;
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return UnixTime.FromTimeSpan(offset);
    }
}
