using System.Globalization;
using System.Text;
using StockAspire.Market;

namespace StockAspire.Cli.Output;

/// <summary>
/// Columns for people, printed row by row: widths are set by the first rows and give way where a later value is longer,
/// so that a table of millions of ticks needs no memory.
/// </summary>
internal sealed class TickTable(Utf8Output output, bool withAge) : ITickOutput
{
    /// <summary>Rows that set the widths; a screen or two.</summary>
    private const int SampleRows = 64;

    private const int AttributesShownMax = 80;

    private static readonly string[] Titles = ["SYMBOL", "EVENT TIME", "PRICE", "SIZE", "VENUE", "CONDITIONS", "SOURCE", "SEQUENCE", "ATTRIBUTES"];
    private static readonly bool[] ToTheRight = [false, false, true, true, false, false, false, true, false];

    private readonly string[] _titles = withAge ? [.. Titles, "AGE"] : Titles;
    private readonly List<string[]> _sample = [];
    private int[]? _widths;

    public void Write(in Tick tick, long ageNs = 0)
    {
        var row = Row(tick, ageNs);
        if (_widths is not null)
        {
            Print(row);
        }
        else
        {
            _sample.Add(row);
            if (_sample.Count == SampleRows)
            {
                Begin();
            }
        }
    }

    public void Flush()
    {
        if (_widths is null)
        {
            Begin();
        }

        output.Flush();
    }

    private string[] Row(in Tick tick, long ageNs)
    {
        var attributes = tick.Attributes.Count == 0 ? string.Empty : string.Join(' ', tick.Attributes.Select(pair => $"{pair.Key}={pair.Value}"));
        if (attributes.Length > AttributesShownMax)
        {
            attributes = attributes[..(AttributesShownMax - 1)] + "…";
        }

        if (tick.Revision != 0 || tick.Action != TickAction.New)
        {
            attributes = string.Create(CultureInfo.InvariantCulture, $"{TickJson.NameOf(tick.Action)} r{tick.Revision} {attributes}").TrimEnd();
        }

        string[] row =
        [
            tick.Symbol, UnixTime.Format(tick.EventTimeNs), tick.Price.ToString(), tick.Size.ToString(), tick.Venue,
            tick.Conditions.Count == 0 ? string.Empty : tick.Conditions.ToString(), tick.Id.Source,
            tick.Id.Sequence.ToString(CultureInfo.InvariantCulture), attributes,
        ];
        return withAge ? [.. row, PeopleText.Duration(ageNs)] : row;
    }

    private void Begin()
    {
        // A column that is empty in the sample keeps its title only, so that a later value still has a place.
        _widths = [.. _titles.Select((title, column) => _sample.Select(row => row[column].Length).Append(title.Length).Max())];
        Print(_titles);
        foreach (var row in _sample)
        {
            Print(row);
        }

        _sample.Clear();
    }

    private void Print(string[] row)
    {
        var line = new StringBuilder();
        for (var column = 0; column < row.Length; column++)
        {
            var toTheRight = column < ToTheRight.Length ? ToTheRight[column] : true;
            line.Append(toTheRight ? row[column].PadLeft(_widths![column]) : row[column].PadRight(_widths![column])).Append("  ");
        }

        output.AppendLine(line.ToString().AsSpan().TrimEnd());
    }
}
