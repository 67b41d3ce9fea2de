namespace StockAspire.Tidy.Tests;

/// <summary>What holds for every text file and folder.</summary>
internal static class TextRules
{
    /// <summary>Protobuf files lie where their package says, and that package's names are OpenTelemetry's.</summary>
    private const string StandardNames = "protos/opentelemetry/";

    private static readonly string[] VagueNames = ["Common", "Helpers", "Utils", "Utilities", "Managers", "Interfaces", "Misc"];

    /// <summary>LF everywhere but in the solution, which tools write with CRLF; and one at the end.</summary>
    public static IEnumerable<Finding> LineEnds(SourceFile file)
    {
        if (file.Text.Length > 0 && !file.Text.EndsWith('\n'))
        {
            yield return new Finding(file.Path, file.Lines.Length, "the last line does not end");
        }

        var firstReturn = Array.FindIndex(file.Lines, line => line.EndsWith('\r'));
        if (firstReturn >= 0 && !file.Path.EndsWith(".sln", StringComparison.Ordinal))
        {
            yield return new Finding(file.Path, firstReturn + 1, "the line ends with CRLF, expected LF");
        }
    }

    /// <summary>A folder's name says what it can do.</summary>
    public static IEnumerable<Finding> VagueFolders(SourceFile file) =>
        file.Path.Split('/')[..^1]
            .Where(_ => !file.Path.StartsWith(StandardNames, StringComparison.Ordinal))
            .Where(folder => VagueNames.Contains(folder, StringComparer.OrdinalIgnoreCase))
            .Select(folder => new Finding(file.Path, 1, $"folder {folder}: name the capability"));
}
