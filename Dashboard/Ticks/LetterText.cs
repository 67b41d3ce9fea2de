using System.Globalization;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Ticks;

/// <summary>What of dead letters needs more than its own text.</summary>
internal static class LetterText
{
    /// <summary>Line and file, or source and sequence; where a foreign record has neither, that.</summary>
    public static string Origin(DeadLetter letter) => letter switch
    {
        { Path.Length: > 0, Line: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{letter.Path}, line {letter.Line:N0}"),
        { Path.Length: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{letter.Path}, sequence {letter.Sequence}"),
        { Source.Length: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{letter.Source}, sequence {letter.Sequence}"),
        _ => "a record that names no source",
    };
}
