using System.Globalization;

namespace StockAspire.Feeds;

/// <summary>A file as a whole cannot be read as ticks, or a mapping makes no sense. What is wrong with one row is a <see cref="RowReject"/>.</summary>
public sealed class FeedException : Exception
{
    public FeedException()
    {
    }

    public FeedException(string message)
        : base(message)
    {
    }

    public FeedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static FeedException Unreadable(string name, Exception reason) => new($"{name}: cannot be read: {reason.Message}", reason);

    internal static FeedException Empty(string name) => new($"{name}: expected rows, the file is empty.");

    internal static FeedException NoCsvEntry(string name) => new($"{name}: expected an entry *.csv in the zip archive, it has none.");

    internal static FeedException ZipOnStream(string name) =>
        new($"{name}: expected CSV, got a zip archive, which can only be read from a file.");

    internal static FeedException BadHeader(string name, string expected, string actual) =>
        new($"{name}, line 1: expected {expected} in the header, got {actual}.");

    internal static FeedException UnknownFormat(string name, string header) =>
        new($"{name}: unknown format. Expected the header \"Index,Date,Open,High,Low,Close,Adj Close,Volume,CloseUSD\", a trade file named " +
            $"like \"spy_20131007_trade.csv\", or a mapping of symbol, time, price and size to columns; got the header \"{header}\".");

    internal static FeedException MissingColumn(string name, string field, string? column, string header) =>
        new(column is null
            ? $"{name}: expected a mapping for {field} (such as {field}=COLUMN or {field}==VALUE), got none; the header is \"{header}\"."
            : $"{name}: expected column \"{column}\" for {field}, the header is \"{header}\".");

    internal static FeedException AmbiguousColumn(string name, string column) =>
        new($"{name}: expected distinct columns in the header, \"{column}\" is there twice (by its name as an attribute).");

    internal static FeedException BadMapping(string key, string expected, string actual) =>
        new($"Mapping {key}: expected {expected}, got {actual}.");

    internal static FeedException UnnamedTrades(string name) =>
        new($"{name}: expected a trade file's name like \"spy_20131007_trade.csv\", or a mapping symbol==SPY and date==2013-10-07.");

    internal static FeedException TooManyRows(string name, int rowsMax) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}: expected at most {rowsMax} rows for sampling, it has more."));

    internal static FeedException NoGoodRow(string name, RowReject? first) =>
        new(first is null ? $"{name}: expected rows below the header, it has none." : $"{name}: no row is a tick. The first: {first}");

    internal static FeedException ReadTwice(string name) => new($"{name}: a stream can be read only once.");
}
