using System.Text.RegularExpressions;

namespace StockAspire.Tidy.Tests;

/// <summary>A text file, and its lines as the rules want to see them.</summary>
/// <param name="Path">Below the root, with slashes.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The lines as they are, without their ends.</summary>
    public string[] Lines { get; } = Text.Split('\n');

    /// <summary>C#: the lines with their literals emptied, comments kept.</summary>
    public IReadOnlyList<string> WithoutLiterals => field ??= RemoveLiterals(Lines);

    /// <summary>C#: the lines with literals emptied and comments taken away.</summary>
    public IReadOnlyList<string> Code => field ??= [.. WithoutLiterals.Select(line => Comment().Replace(line, string.Empty))];

    /// <summary>The first folder below the root, or the first two where that is libs or tests.</summary>
    public string Component
    {
        get
        {
            var parts = Path.Split('/');
            return parts[0] is "libs" or "tests" && parts.Length > 2 ? parts[0] + "/" + parts[1] : parts.Length > 1 ? parts[0] : string.Empty;
        }
    }

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    /// <summary>A finding for each line that <paramref name="pattern"/> matches.</summary>
    public IEnumerable<Finding> Find(IReadOnlyList<string> lines, Regex pattern, string message)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            foreach (Match match in pattern.Matches(lines[i]))
            {
                yield return new Finding(Path, i + 1, $"{match.Value.Trim()}: {message}");
            }
        }
    }

    private static List<string> RemoveLiterals(string[] lines)
    {
        List<string> result = [];
        var isRaw = false;
        foreach (var line in lines)
        {
            var pieces = line.Split("\"\"\"");

            // Pieces alternate between code and the inside of a raw literal.
            var code = string.Concat(pieces.Where((_, i) => i % 2 == (isRaw ? 1 : 0)).Select(piece => Literal().Replace(piece, string.Empty)));
            isRaw ^= pieces.Length % 2 == 0;
            result.Add(code);
        }

        return result;
    }

    // \x22 is the quotation mark: written as itself it would confuse this very rule.
    [GeneratedRegex(@"'(\\.[^']*|[^'\\])'|@\x22([^\x22]|\x22\x22)*\x22|\x22([^\x22\\]|\\.)*\x22")]
    private static partial Regex Literal();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
