using System.Globalization;
using System.Text.RegularExpressions;

namespace StockAspire.Tidy.Tests;

/// <summary>What C# files must not hold. Each rule looks at one file, or at all where it must.</summary>
internal static partial class CodeRules
{
    private const int LinesMax = 400;

    /// <summary>How far above a wait in a test its loop may begin.</summary>
    private const int LoopLinesMax = 20;

    /// <summary>Event ids of a component: first and last.</summary>
    private static readonly Dictionary<string, (int First, int Last)> Bands = new()
    {
        ["libs/KafkaBroker"] = (1000, 1999),
        ["libs/LocalHosting"] = (2000, 2999),
        ["AppHost"] = (2000, 2999),
        ["Ingest.Service"] = (3000, 3999),
        ["Sink.Service"] = (4000, 4999),
        ["Query.Service"] = (5000, 5999),
        ["libs/TickStore"] = (6000, 6999),
        ["libs/TickStream"] = (7000, 7999),
        ["ServiceDefaults"] = (8000, 8999),
        ["libs/Cql"] = (9000, 9999),
        ["libs/TickStore.Cassandra"] = (10_000, 10_999),
        ["Dashboard"] = (11_000, 11_999),
        ["libs/Otlp"] = (12_000, 12_999),
    };

    public static IEnumerable<Finding> Clocks(SourceFile file) =>
        file.Find(file.Code, Clock(), "take the time from TimeProvider, so that tests can");

    public static IEnumerable<Finding> Sleeps(SourceFile file) =>
        file.Find(file.Code, Sleep(), "wait for what you wait for");

    /// <summary>
    /// In tests a delay stands only between two looks at a condition, inside a loop; and Timeout.Infinite, for something
    /// that hangs until it is cancelled.
    /// </summary>
    public static IEnumerable<Finding> DelaysInTests(SourceFile file)
    {
        for (var i = 0; i < file.Code.Count && file.IsTest; i++)
        {
            if (file.Code[i].Contains("Task.Delay(", StringComparison.Ordinal) &&
                !file.Code[i].Contains("Timeout.Infinite", StringComparison.Ordinal) &&
                !Enumerable.Range(Math.Max(0, i - LoopLinesMax), Math.Min(i, LoopLinesMax)).Any(line => Loop().IsMatch(file.Code[line])))
            {
                yield return new Finding(file.Path, i + 1, "Task.Delay outside a loop that looks at a condition: a test must not wait for time to pass");
            }
        }
    }

    /// <summary>Programs for people write to the console, services log.</summary>
    public static IEnumerable<Finding> ConsoleWrites(SourceFile file) =>
        file.IsTest || file.Component is "Cli" or "AppHost" or "libs/LocalHosting" or "bench" || file.Path == "libs/KafkaBroker/Program.cs"
            ? []
            : file.Find(file.Code, ConsoleWrite(), "log by [LoggerMessage]");

    public static IEnumerable<Finding> Unfinished(SourceFile file) =>
        file.Find(file.Lines, UnfinishedMark(), "finish it, or make it an issue").Concat(
            file.Find(file.Code, NotImplemented(), "finish it, or leave it out"));

    /// <summary>Prices and sizes are integers of a fixed unit from end to end: nothing that reads them knows a float.</summary>
    public static IEnumerable<Finding> Floats(SourceFile file) =>
        file.Component is "libs/Market" or "libs/Feeds" ? file.Find(file.Code, Float(), "no floating point near prices and sizes") : [];

    /// <summary>Outside literals, code is ASCII: no look-alike letters, no invisible characters.</summary>
    public static IEnumerable<Finding> NonAscii(SourceFile file) =>
        file.IsTest ? [] : file.Find(file.WithoutLiterals, NotAscii(), "code and comments are ASCII");

    public static IEnumerable<Finding> Length(SourceFile file) =>
        file.Lines.Length - 1 > LinesMax
            ? [new Finding(file.Path, LinesMax + 1, $"{file.Lines.Length - 1} lines, at most {LinesMax}: look for a second type")]
            : [];

    /// <summary>Each id once, in the band of its component.</summary>
    public static IEnumerable<Finding> EventIds(IEnumerable<SourceFile> files)
    {
        Dictionary<int, string> seen = [];
        foreach (var file in files.Where(file => !file.IsTest))
        {
            for (var i = 0; i < file.Code.Count; i++)
            {
                if (!file.Code[i].Contains("[LoggerMessage", StringComparison.Ordinal))
                {
                    continue;
                }

                var match = EventId().Match(file.Code[i] + (i + 1 < file.Code.Count ? file.Code[i + 1] : string.Empty));
                if (!match.Success)
                {
                    yield return new Finding(file.Path, i + 1, "a [LoggerMessage] without an event id");
                    continue;
                }

                var id = int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture);
                var band = Bands.GetValueOrDefault(file.Component);
                if (id < band.First || id > band.Last)
                {
                    yield return new Finding(file.Path, i + 1, $"event id {id} is not in the band of {file.Component}, {band.First} to {band.Last}");
                }

                if (!seen.TryAdd(id, $"{file.Path}:{i + 1}"))
                {
                    yield return new Finding(file.Path, i + 1, $"event id {id} is taken by {seen[id]}");
                }
            }
        }
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bThread\.Sleep\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\b(while|for|foreach) ?\(|\bdo$")]
    private static partial Regex Loop();

    [GeneratedRegex(@"\bConsole\.Write(Line)?\(")]
    private static partial Regex ConsoleWrite();

    // Bracketed, so that the pattern does not find itself.
    [GeneratedRegex(@"\b(T[O]DO|F[I]XME|H[A]CK|X[X]X)\b")]
    private static partial Regex UnfinishedMark();

    [GeneratedRegex(@"\bNotImplementedException\b")]
    private static partial Regex NotImplemented();

    [GeneratedRegex(@"\b(double|float|Half|Double|Single)\b")]
    private static partial Regex Float();

    [GeneratedRegex(@"[^\x00-\x7F]+")]
    private static partial Regex NotAscii();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex EventId();
}
