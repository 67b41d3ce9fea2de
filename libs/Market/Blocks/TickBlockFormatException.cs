using System.Globalization;

namespace StockAspire.Market.Blocks;

/// <summary>The bytes are no valid <c>TickBlock</c> (or seal). The message says where, what was expected and what was there.</summary>
public sealed class TickBlockFormatException : FormatException
{
    public TickBlockFormatException()
    {
    }

    public TickBlockFormatException(string message)
        : base(message)
    {
    }

    public TickBlockFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static TickBlockFormatException Truncated(string what, int position) =>
        new(Text($"{what}: expected more bytes at {position}, the message ends there."));

    internal static TickBlockFormatException LongVarint(string what, int position) =>
        new(Text($"{what}: expected a varint of at most 10 bytes, it goes on at {position}."));

    internal static TickBlockFormatException Overrun(string what, int position, ulong size, int left) =>
        new(Text($"{what}: a field of {size} bytes overruns the message at {position}; {left} bytes left."));

    internal static TickBlockFormatException BadText(string what, int position) =>
        new(Text($"{what}: expected UTF-8 text at {position}."));

    internal static TickBlockFormatException BadWireType(string what, int position, int wireType) =>
        new(Text($"{what}: expected wire type 0, 1, 2 or 5 at {position}, got {wireType}."));

    internal static TickBlockFormatException TooLarge(int size) =>
        new(Text($"TickBlock: expected at most {TickBlock.SizeMax} bytes, got {size}."));

    internal static TickBlockFormatException TooManyRows(int rows) =>
        new(Text($"TickBlock: expected at most {TickBlock.RowsMax} rows, got {rows}."));

    internal static TickBlockFormatException ColumnLength(string column, int expected, int actual) =>
        new(Text($"TickBlock: expected {expected} values in column {column} (one for each sequence_delta), got {actual}."));

    internal static TickBlockFormatException BadIndex(string column, int row, ulong index, int count) =>
        new(Text($"TickBlock row {row}: expected {column} below {count} (the dictionary's length), got {index}."));

    internal static TickBlockFormatException BadExtra(string field, int row, string expected, string actual) =>
        new(Text($"TickBlock extras of row {row}: expected {field} {expected}, got {actual}."));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
