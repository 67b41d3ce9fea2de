using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace StockAspire.Cli.Output;

/// <summary>One column of a short list: its name in JSON and CSV, its title for people, and its two values.</summary>
/// <param name="Value">For programs: a string, bool, integer, or a list of strings.</param>
/// <param name="Shown">For people; null shows the value. Columns without a title are left out of the table.</param>
internal sealed record Column<T>(string Name, string? Title, Func<T, object> Value, Func<T, string>? Shown = null)
{
    public bool ToTheRight { get; init; }
}

/// <summary>Prints short lists (symbols, sources, partitions): a table, one JSON object a line, or CSV.</summary>
internal sealed class Records<T>(params Column<T>[] columns)
{
    /// <summary>Wide enough that nothing wraps where nobody looks at a screen.</summary>
    private const int RedirectedWidth = 1_000;

    public void Write(CliHost host, OutputFormat format, IReadOnlyList<T> rows)
    {
        var output = new Utf8Output(host.Out);
        switch (format)
        {
            case OutputFormat.Csv:
                WriteCsv(output, rows);
                break;
            case OutputFormat.Json:
                WriteJson(output, rows);
                break;
            default:
                WriteTable(output, rows, host.OutIsTerminal);
                break;
        }

        output.Flush();
    }

    /// <summary>One row: for people, a line for each of its columns.</summary>
    public void WriteOne(CliHost host, OutputFormat format, T row)
    {
        if (format != OutputFormat.Table)
        {
            Write(host, format, [row]);
            return;
        }

        var output = new Utf8Output(host.Out);
        var width = columns.Max(column => column.Name.Length);
        foreach (var column in columns)
        {
            var text = column.Shown?.Invoke(row) ?? Text(column.Value(row));
            output.AppendLine($"{column.Name.PadRight(width)}  {text}".AsSpan().TrimEnd());
        }

        output.Flush();
    }

    private void WriteCsv(Utf8Output output, IReadOnlyList<T> rows)
    {
        output.AppendLine(string.Join(',', columns.Select(column => column.Name)));
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (i > 0)
                {
                    output.Append((byte)',');
                }

                CsvField.Append(output, Text(columns[i].Value(row)));
            }

            output.Append((byte)'\n');
        }
    }

    private void WriteJson(Utf8Output output, IReadOnlyList<T> rows)
    {
        using var line = new MemoryStream();
        using var json = new Utf8JsonWriter(line, TickJson.Options);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                json.WritePropertyName(column.Name);
                WriteValue(json, column.Value(row));
            }

            json.WriteEndObject();
            json.Flush();
            output.Append(line.GetBuffer().AsSpan(0, (int)line.Length));
            output.Append((byte)'\n');
            line.SetLength(0);
            json.Reset();
        }
    }

    private void WriteTable(Utf8Output output, IReadOnlyList<T> rows, bool isTerminal)
    {
        var shown = columns.Where(column => column.Title is not null).ToArray();
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in shown)
        {
            var tableColumn = new TableColumn(new Text(column.Title!)) { NoWrap = true };
            table.AddColumn(column.ToTheRight ? tableColumn.RightAligned() : tableColumn);
        }

        foreach (var row in rows)
        {
            table.AddRow(shown.Select(column => new Text(column.Shown?.Invoke(row) ?? Text(column.Value(row)))));
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = isTerminal ? Math.Max(Console.WindowWidth, 80) : RedirectedWidth;
        console.Write(table);
        foreach (var line in text.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.AsSpan().IsWhiteSpace())
            {
                output.AppendLine(line.AsSpan().TrimEnd());
            }
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case IEnumerable<string> list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    json.WriteStringValue(item);
                }

                json.WriteEndArray();
                break;
            default:
                // uint64 too: sequences may have more digits than a reader's double keeps.
                json.WriteStringValue(Text(value));
                break;
        }
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable<string> list => string.Join(' ', list),
        _ => value.ToString() ?? string.Empty,
    };
}
