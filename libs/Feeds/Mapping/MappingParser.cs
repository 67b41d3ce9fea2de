using System.Globalization;

namespace StockAspire.Feeds.Mapping;

/// <summary>Reads the assignments of a <see cref="FeedMapping"/>.</summary>
internal static class MappingParser
{
    private static readonly Dictionary<string, TimeFormat> TimeFormats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text"] = TimeFormat.Text,
        ["s"] = TimeFormat.EpochSeconds,
        ["ms"] = TimeFormat.EpochMilliseconds,
        ["us"] = TimeFormat.EpochMicroseconds,
        ["ns"] = TimeFormat.EpochNanoseconds,
    };

    public static string NameOf(TimeFormat format) => TimeFormats.First(pair => pair.Value == format).Key;

    /// <summary>At the first equals sign: column names may have others, field names have none.</summary>
    public static KeyValuePair<string, string> Divide(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new(assignment[..equals], assignment[(equals + 1)..])
            : throw FeedException.BadMapping($"\"{assignment}\"", "FIELD=COLUMN or FIELD==VALUE", "no equals sign after a field");
    }

    public static FeedMapping Parse(IEnumerable<KeyValuePair<string, string>> assignments, string? timeZone)
    {
        var fields = new Dictionary<FeedField, FieldSource>();
        var mapping = FeedMapping.Auto;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (rawKey, rawValue) in assignments)
        {
            var key = rawKey.Trim();
            key = key.Equals("event_time", StringComparison.OrdinalIgnoreCase) ? "time" : key;
            if (!seen.Add(key))
            {
                throw FeedException.BadMapping(key, "one assignment", "two");
            }

            if (TryName<FeedField>(key, out var field))
            {
                fields[field] = SourceOf(key, rawValue);
                continue;
            }

            mapping = Set(mapping, key, rawValue.StartsWith('=') ? rawValue[1..] : rawValue);
        }

        if (!string.IsNullOrEmpty(timeZone))
        {
            mapping = mapping.TimeZone.Length == 0 || mapping.TimeZone == timeZone
                ? mapping with { TimeZone = timeZone }
                : throw FeedException.BadMapping("timezone", "one time zone", $"{mapping.TimeZone} and {timeZone}");
        }

        return mapping with { Fields = fields };
    }

    private static FieldSource SourceOf(string key, string value)
    {
        var source = value.StartsWith('=') ? new FieldSource(value[1..], IsConstant: true) : new FieldSource(value, IsConstant: false);
        return source.Text.Length > 0 && !source.Text.Contains('\n', StringComparison.Ordinal)
            ? source
            : throw FeedException.BadMapping(key, "a column or =VALUE", Shown.Bytes(System.Text.Encoding.UTF8.GetBytes(value)));
    }

    private static FeedMapping Set(FeedMapping mapping, string key, string value) => key.ToLowerInvariant() switch
    {
        "format" => mapping with { Format = FormatOf(key, value) },
        "date" => mapping with { Date = DateOf(key, value) },
        "timezone" => mapping with { TimeZone = value },
        "time_format" => mapping with
        {
            TimeFormat = TimeFormats.TryGetValue(value, out var format)
                ? format
                : throw FeedException.BadMapping(key, "text, s, ms, us or ns", $"\"{value}\""),
        },
        _ => throw FeedException.BadMapping(
            key, "one of symbol, time, price, size, venue, conditions, format, date, time_format, timezone", "another field"),
    };

    private static FeedFormat FormatOf(string key, string value) =>
        TryName<FeedFormat>(value, out var format)
            ? format
            : throw FeedException.BadMapping(key, "index, trades or columns", $"\"{value}\"");

    /// <summary>A member by its name alone: Enum.TryParse would also take numbers and lists.</summary>
    private static bool TryName<T>(string text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out value);
    }

    private static DateOnly DateOf(string key, string value) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw FeedException.BadMapping(key, "a date such as 2013-10-07", $"\"{value}\"");
}
