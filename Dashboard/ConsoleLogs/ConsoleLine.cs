using System.Globalization;
using Aspire.DashboardService.Proto.V1;

namespace StockAspire.Dashboard.ConsoleLogs;

/// <summary>One line of a resource's output.</summary>
/// <param name="Number">As the AppHost counts, from 1.</param>
/// <param name="Text">With its escape sequences, without its time.</param>
/// <param name="Plain">Without either: what a filter looks into.</param>
/// <param name="At">When it was written; null where the line does not say.</param>
public sealed record ConsoleLine(int Number, string Text, string Plain, bool IsError, DateTimeOffset? At)
{
    /// <summary>Characters kept of a line; a longer one ends with a note.</summary>
    public const int LengthMax = 16 << 10;

    /// <summary>2026-01-02T03:04:05Z is the shortest time that a line may begin with.</summary>
    private const int TimeLengthMin = 20;
    private const int TimeLengthMax = 36;

    public static ConsoleLine Of(ConsoleLogLine line)
    {
        var (at, text) = SplitTime(line.Text);
        if (text.Length > LengthMax)
            text = string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, LengthMax)} [{text.Length - LengthMax} more characters]");
        return new ConsoleLine(line.LineNumber, text, AnsiText.Strip(text), line.IsStdErr, at);
    }

    /// <summary>An orchestrator may put an RFC 3339 time before each line.</summary>
    private static (DateTimeOffset? At, string Text) SplitTime(string line)
    {
        var end = line.AsSpan(0, Math.Min(line.Length, TimeLengthMax + 1)).IndexOf(' ');
        var length = end < 0 ? line.Length : end;
        return length is >= TimeLengthMin and <= TimeLengthMax && line[4] == '-' && line[10] == 'T'
            && DateTimeOffset.TryParse(line.AsSpan(0, length), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? (at, end < 0 ? string.Empty : line[(end + 1)..])
            : (null, line);
    }
}
