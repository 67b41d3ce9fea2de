using StockAspire.Feeds.Csv;
using StockAspire.Market;

namespace StockAspire.Feeds.Rows;

/// <summary>Turns records of one layout into ticks. Reused from row to row; not thread-safe.</summary>
internal abstract class RowParser
{
    /// <summary>The tick, or what is wrong with the record; the limits of the fields are not checked here.</summary>
    public abstract TickFault? Parse(CsvRecordReader record, in TickId id, out Tick tick);

    protected static TickFault WrongFieldCount(int expected, int actual) => new("row", $"{expected} columns", $"{actual}");

    protected static TickFault Wrong(string field, string expected, ReadOnlySpan<byte> actual, string column) =>
        new(field, expected, $"{Shown.Bytes(actual)} in column {column}");
}
