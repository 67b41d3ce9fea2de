using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Rows;

/// <summary>Reads the event times of one column.</summary>
/// <param name="clock">Of texts without offset; null for UTC.</param>
internal sealed class EventTimeParser(TimeFormat format, LocalClock? clock)
{
    /// <summary>What is expected where <see cref="TryParse"/> said no.</summary>
    public string Expected => format switch
    {
        TimeFormat.Auto => "a time: RFC 3339, yyyy-MM-dd[ HH:mm:ss[.fffffffff]], or a number since the Unix epoch" + Zone,
        TimeFormat.Text => "a time: RFC 3339 or yyyy-MM-dd[ HH:mm:ss[.fffffffff]]" + Zone,
        TimeFormat.EpochSeconds => "seconds since the Unix epoch",
        TimeFormat.EpochMilliseconds => "milliseconds since the Unix epoch",
        TimeFormat.EpochMicroseconds => "microseconds since the Unix epoch",
        _ => "nanoseconds since the Unix epoch",
    };

    private string Zone => clock is null ? string.Empty : " that exists in " + clock.Name;

    public bool TryParse(ReadOnlySpan<byte> text, out long unixNs) => format switch
    {
        TimeFormat.Auto => IsText(text) ? TryText(text, out unixNs) : UnixTime.TryParseEpoch(text, EpochUnit.ByMagnitude, out unixNs),
        TimeFormat.Text => TryText(text, out unixNs),
        TimeFormat.EpochSeconds => UnixTime.TryParseEpoch(text, EpochUnit.Seconds, out unixNs),
        TimeFormat.EpochMilliseconds => UnixTime.TryParseEpoch(text, EpochUnit.Milliseconds, out unixNs),
        TimeFormat.EpochMicroseconds => UnixTime.TryParseEpoch(text, EpochUnit.Microseconds, out unixNs),
        _ => UnixTime.TryParseEpoch(text, EpochUnit.Nanoseconds, out unixNs),
    };

    private static bool IsText(ReadOnlySpan<byte> text) => text.Length > 4 && text[4] == '-';

    private bool TryText(ReadOnlySpan<byte> text, out long unixNs) =>
        UnixTime.TryParse(text, out unixNs, out var hasOffset) && (hasOffset || clock is null || clock.TryToUnixNs(unixNs, out unixNs));
}
