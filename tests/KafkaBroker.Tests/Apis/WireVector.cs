using System.Reflection;

namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>
/// One request and its answer as Kafka's own message classes write them, from the files in Vectors/ (made by Generate.java there; by
/// hand where Kafka's classes no longer have the version). A line is hexadecimal digits and the name of the field;
/// <c>{name}</c> stands for bytes that only the running broker knows.
/// </summary>
/// <param name="After">Vectors that are played before this one, on the same connection.</param>
internal sealed record WireVector(string Api, short Version, string Name, IReadOnlyList<string> After, IReadOnlyList<WireField> Request, IReadOnlyList<WireField> Response)
{
    public static IReadOnlyDictionary<string, WireVector> All { get; } = Load();

    public string Key => $"{Api} {Version} {Name}";

    public short ApiKey => Convert.ToInt16(Request[0].Hex, 16);

    public bool IsFlexible => Request.Any(f => f.IsTagged);

    private static Dictionary<string, WireVector> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = new Dictionary<string, WireVector>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.Contains(".Vectors.", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            foreach (var text in reader.ReadToEnd().Split("case ")[1..])
            {
                var vector = Parse(text.Split('\n'));
                all.Add(vector.Key, vector);
            }
        }

        return all;
    }

    private static WireVector Parse(string[] lines)
    {
        var title = lines[0].Split(' ', 3);
        var response = Array.IndexOf(lines, "response");
        return new WireVector(
            title[0],
            short.Parse(title[1], System.Globalization.CultureInfo.InvariantCulture),
            title[2],
            [.. lines.Where(l => l.StartsWith("after ", StringComparison.Ordinal)).Select(l => l["after ".Length..])],
            [.. Fields(lines[Array.IndexOf(lines, "request")..response])],
            [.. Fields(lines[response..])]);
    }

    private static IEnumerable<WireField> Fields(string[] lines) =>
        lines.Where(l => l.StartsWith("  ", StringComparison.Ordinal))
            .Select(l => l.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(parts => new WireField(parts[0], parts[1]));
}

internal readonly record struct WireField(string Hex, string Name)
{
    /// <summary>Whether the field ends a structure of a flexible version.</summary>
    public bool IsTagged => Name.EndsWith("tagged fields", StringComparison.Ordinal);
}
