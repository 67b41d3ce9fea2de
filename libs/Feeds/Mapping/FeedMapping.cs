using System.Globalization;
using System.IO.Hashing;
using System.Text;
using StockAspire.Market;

namespace StockAspire.Feeds.Mapping;

/// <summary>
/// How the rows of a file become ticks. Its canonical text is part of the identity of the ticks: the same file under another
/// mapping is another source. Immutable.
/// </summary>
/// <remarks>
/// Written as assignments: <c>price=Close</c> takes a column by its header, <c>symbol==SPY</c> a constant for every row. Keys
/// are <c>symbol</c>, <c>time</c> (or <c>event_time</c>), <c>price</c>, <c>size</c>, <c>venue</c>, <c>conditions</c>
/// (separated by spaces, semicolons or bars) and, with a constant each, <c>format</c> (<c>index</c>, <c>trades</c>,
/// <c>columns</c>), <c>date</c> (of a trade file), <c>time_format</c> (<c>text</c>, <c>s</c>, <c>ms</c>, <c>us</c>,
/// <c>ns</c>) and <c>timezone</c> (IANA). A field that is not mapped is taken from the column of its own name.
/// </remarks>
public sealed record FeedMapping
{
    /// <summary>Everything recognised by the file's name and header.</summary>
    public static readonly FeedMapping Auto = new();

    public FeedFormat Format { get; init; }

    public IReadOnlyDictionary<FeedField, FieldSource> Fields { get; init; } = new Dictionary<FeedField, FieldSource>();

    /// <summary>Of a trade file: the day of its rows, in its time zone.</summary>
    public DateOnly? Date { get; init; }

    public TimeFormat TimeFormat { get; init; }

    /// <summary>IANA name of the zone of times without offset; empty for the format's own: New York for trades, else UTC.</summary>
    public string TimeZone { get; init; } = string.Empty;

    /// <summary>One <c>key=value</c> a line, sorted by key (ordinal), LF between them; parses back to an equal mapping.</summary>
    public string CanonicalText
    {
        get
        {
            var lines = Fields.Select(pair => $"{KeyOf(pair.Key)}={pair.Value}").ToList();
            lines.Add($"format=={Format.ToString().ToLowerInvariant()}");
            if (Date is { } date)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"date=={date:yyyy-MM-dd}"));
            }

            if (TimeFormat != TimeFormat.Auto)
            {
                lines.Add($"time_format=={MappingParser.NameOf(TimeFormat)}");
            }

            if (TimeZone.Length > 0)
            {
                lines.Add($"timezone=={TimeZone}");
            }

            lines.Sort(StringComparer.Ordinal);
            return string.Join('\n', lines);
        }
    }

    /// <summary>XXH128 of <see cref="CanonicalText"/> in UTF-8.</summary>
    public UInt128 Hash => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(CanonicalText));

    /// <summary>Reads assignments such as <c>price=Close</c> and <c>symbol==SPY</c>; none means <see cref="Auto"/>.</summary>
    /// <param name="timeZone">IANA name; null or empty for the format's own.</param>
    /// <exception cref="FeedException">An assignment is malformed; the message names its key.</exception>
    public static FeedMapping Parse(IEnumerable<string> assignments, string? timeZone = null) =>
        MappingParser.Parse(assignments.Select(MappingParser.Divide), timeZone);

    /// <summary>Reads pairs of field and column; a constant begins with <c>=</c>.</summary>
    /// <inheritdoc cref="Parse(IEnumerable{string}, string?)"/>
    public static FeedMapping FromPairs(IEnumerable<KeyValuePair<string, string>> assignments, string? timeZone = null) =>
        MappingParser.Parse(assignments, timeZone);

    /// <summary>Reads <see cref="CanonicalText"/>.</summary>
    /// <exception cref="FeedException">It is none.</exception>
    public static FeedMapping ParseCanonical(string canonicalText) =>
        Parse(canonicalText.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The name by which messages and mappings call a field.</summary>
    internal static string KeyOf(FeedField field) => field.ToString().ToLowerInvariant();

    /// <summary>The source name of a file's ticks under this (resolved) mapping.</summary>
    internal string SourceOf(UInt128 contentHash) => SourceName.Csv(contentHash, Hash);
}
