using System.Globalization;
using StockAspire.Market;

namespace StockAspire.Feeds;

/// <summary>A row that is no tick. Its sequence is used up, so that its dead letter explains the gap.</summary>
/// <param name="Sequence">Number of the data row, from 1.</param>
/// <param name="Line">Line of the row's beginning, from 1; of <paramref name="Entry"/> where the file is an archive.</param>
/// <param name="Entry">Name of the archive's entry; empty for a plain file.</param>
/// <param name="Fault">Field (proto name, or <c>row</c> for the row as a whole), what was expected, what was there.</param>
/// <param name="Raw">The row's bytes as they are in the file, without the line end, at most <see cref="RawSizeMax"/>. Owned by the reject.</param>
public sealed record RowReject(ulong Sequence, long Line, string Entry, TickFault Fault, ReadOnlyMemory<byte> Raw)
{
    public const int RawSizeMax = Csv.CsvRecordReader.RecordSizeMax;

    public override string ToString() => Entry.Length == 0
        ? string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Fault}")
        : string.Create(CultureInfo.InvariantCulture, $"{Entry}, line {Line}: {Fault}");
}
