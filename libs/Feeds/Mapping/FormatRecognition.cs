using StockAspire.Feeds.Csv;
using StockAspire.Feeds.Rows;

namespace StockAspire.Feeds.Mapping;

/// <summary>What an entry turned out to be.</summary>
/// <param name="Mapping">As given, with what was recognised filled in.</param>
/// <param name="HasHeader">Whether the first record is no row.</param>
internal sealed record FormatRecognition(FeedMapping Mapping, bool HasHeader, Func<RowPools, RowParser> CreateParser)
{
    private const string TradeZone = "America/New_York";

    private static readonly string[] IndexColumns = ["Index", "Date", "Close", "Volume"];

    private static readonly string[] IndexNumbers = ["Open", "High", "Low", "Adj Close", "CloseUSD"];

    private static readonly Dictionary<FeedField, FieldSource> IndexFields = new()
    {
        [FeedField.Symbol] = new("Index", IsConstant: false),
        [FeedField.Time] = new("Date", IsConstant: false),
        [FeedField.Price] = new("Close", IsConstant: false),
        [FeedField.Size] = new("Volume", IsConstant: false),
    };

    /// <param name="first">What the entry's first record is; the reader holds it.</param>
    /// <exception cref="FeedException">It is nothing known.</exception>
    public static FormatRecognition Recognise(FeedFile file, FeedEntry entry, FeedMapping mapping, CsvRecordReader records, CsvRecordKind first)
    {
        var name = entry.Name.Length == 0 ? file.Name : $"{file.Name}/{entry.Name}";
        if (records.Raw.StartsWith("PK\x03\x04"u8))
        {
            throw FeedException.ZipOnStream(name);
        }

        var byFile = TradeFileName.TryParse(file.Name, out var symbol, out var date);
        var named = byFile || TradeFileName.TryParse(Path.GetFileName(entry.Name), out symbol, out date);
        if (mapping.Format == FeedFormat.Trades || (mapping.Format == FeedFormat.Auto && mapping.Fields.Count == 0 && named))
        {
            var (clock, resolved) = Trades(mapping);
            symbol = SymbolOf(mapping) ?? symbol;
            date = mapping.Date ?? date;
            if (symbol.Length == 0 || date == default)
            {
                throw FeedException.UnnamedTrades(name);
            }

            // Names of entries may differ within an archive, so they stay out of the mapping of the whole.
            resolved = byFile ? resolved with { Date = date, Fields = SymbolField(symbol) } : resolved;
            return new FormatRecognition(resolved, HasHeader: false, pools => new TradeRowParser(symbol, date, clock, pools));
        }

        var header = Header(name, records, first);
        var isIndex = IndexColumns.All(column => header.Contains(column, StringComparer.OrdinalIgnoreCase));
        return mapping.Format switch
        {
            FeedFormat.Auto when mapping.Fields.Count == 0 && isIndex => Index(name, mapping, header),
            FeedFormat.Auto when mapping.Fields.Count == 0 && !HasFieldNames(header) =>
                throw FeedException.UnknownFormat(name, Shown.Bytes(records.Raw).Trim('"')),
            FeedFormat.Index => Index(name, mapping, header),
            _ => Columns(name, mapping, header),
        };
    }

    private static bool HasFieldNames(string[] header) =>
        header.Contains("symbol", StringComparer.OrdinalIgnoreCase) && header.Contains("price", StringComparer.OrdinalIgnoreCase);

    private static (LocalClock Clock, FeedMapping Resolved) Trades(FeedMapping mapping)
    {
        foreach (var field in mapping.Fields.Keys.Where(field => field != FeedField.Symbol))
        {
            throw FeedException.BadMapping(FeedMapping.KeyOf(field), "no column: a trade file has none to choose", mapping.Fields[field].Text);
        }

        var zone = mapping.TimeZone.Length > 0 ? mapping.TimeZone : TradeZone;
        return (LocalClock.Of(zone), mapping with { Format = FeedFormat.Trades, TimeZone = zone });
    }

    private static string? SymbolOf(FeedMapping mapping) =>
        !mapping.Fields.TryGetValue(FeedField.Symbol, out var given) ? null
        : given.IsConstant ? given.Text
        : throw FeedException.BadMapping("symbol", "a constant (symbol==SPY) for a trade file", given.Text);

    private static Dictionary<FeedField, FieldSource> SymbolField(string symbol) => new() { [FeedField.Symbol] = new(symbol, IsConstant: true) };

    private static FormatRecognition Index(string name, FeedMapping mapping, string[] header)
    {
        if (mapping.Fields.Count > 0)
        {
            throw FeedException.BadMapping(FeedMapping.KeyOf(mapping.Fields.Keys.Min()), "no column, or format==columns: an index file has its own", "one");
        }

        var layout = ColumnLayout.Of(name, header, IndexFields, column => IndexNumbers.Contains(column, StringComparer.OrdinalIgnoreCase));
        return new FormatRecognition(
            mapping with { Format = FeedFormat.Index },
            HasHeader: true,
            pools => new ColumnRowParser(layout, new EventTimeParser(TimeFormat.Text, ClockOf(mapping)), pools));
    }

    private static FormatRecognition Columns(string name, FeedMapping mapping, string[] header)
    {
        var layout = ColumnLayout.Of(name, header, mapping.Fields, static _ => false);
        return new FormatRecognition(
            mapping with { Format = FeedFormat.Columns },
            HasHeader: true,
            pools => new ColumnRowParser(layout, new EventTimeParser(mapping.TimeFormat, ClockOf(mapping)), pools));
    }

    private static LocalClock? ClockOf(FeedMapping mapping) =>
        mapping.TimeZone.Length == 0 || mapping.TimeZone == "UTC" ? null : LocalClock.Of(mapping.TimeZone);

    private static string[] Header(string name, CsvRecordReader records, CsvRecordKind first)
    {
        if (first == CsvRecordKind.Malformed)
        {
            throw FeedException.BadHeader(name, records.Fault!.Expected, records.Fault.Actual);
        }

        var header = new string[records.FieldCount];
        for (var i = 0; i < header.Length; i++)
        {
            header[i] = System.Text.Unicode.Utf8.IsValid(records[i])
                ? System.Text.Encoding.UTF8.GetString(records[i])
                : throw FeedException.BadHeader(name, "UTF-8", Shown.Bytes(records[i]));
        }

        return header;
    }
}
