using System.Xml;
using System.Xml.Linq;

namespace StockAspire.Tidy.Tests;

/// <summary>Which project may know which, and which packages a default build may need.</summary>
internal static class ProjectRules
{
    private static readonly string[] Libraries = ["Market", "Feeds", "TickStore", "TickStore.Cassandra", "TickStream", "Protos", "ServiceDefaults"];

    /// <summary>What each project may reference: services know libraries, libraries the domain, the domain nothing.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Market"] = [],
        ["Protos"] = [],
        ["KafkaBroker"] = [],
        ["Cql"] = [],
        ["LocalHosting"] = [],
        ["Otlp"] = [],
        ["ServiceDefaults"] = [],
        ["Feeds"] = ["Market"],
        ["TickStore"] = ["Market"],
        ["TickStore.Cassandra"] = ["Market", "TickStore", "Cql"],
        ["TickStream"] = ["Market"],
        ["Ingest.Service"] = Libraries,
        ["Sink.Service"] = Libraries,
        ["Query.Service"] = Libraries,
        ["Cli"] = ["Market", "Feeds", "Protos"],
        ["Dashboard"] = ["Market", "Otlp", "Protos", "ServiceDefaults"],
        ["AppHost"] = ["Ingest.Service", "Sink.Service", "Query.Service", "KafkaBroker", "LocalHosting", "Dashboard", "Cql"],
    };

    /// <summary>Projects without tests of their own: generated code.</summary>
    private static readonly string[] TestedElsewhere = ["Protos"];

    public static IEnumerable<Finding> Directions(SourceFile file)
    {
        if (file.IsTest || file.Component is "bench" or "")
        {
            yield break;
        }

        var project = NameOf(file);
        foreach (var reference in Elements(file, "ProjectReference"))
        {
            // An item list in a target refers to references that stand elsewhere.
            if (Include(reference).StartsWith("@(", StringComparison.Ordinal))
            {
                continue;
            }

            var target = Path.GetFileNameWithoutExtension(Include(reference));
            if (!Allowed.TryGetValue(project, out var allowed))
            {
                yield return At(file, reference, $"{project} is new: say in ProjectRules what it may reference");
            }
            else if (!allowed.Contains(target))
            {
                yield return At(file, reference, $"{project} must not reference {target}; it may reference {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}");
            }
        }
    }

    /// <summary>Packages that the build's registry does not serve stand behind UseAspire, or in a file that is imported behind it.</summary>
    public static IEnumerable<Finding> UnservedPackages(SourceFile file)
    {
        var isBehindFlag = file.Path.EndsWith(".Aspire.targets", StringComparison.Ordinal);
        foreach (var element in Elements(file, "PackageReference").Concat(Elements(file, "PackageVersion")).Concat(Elements(file, "Import")))
        {
            var name = element.Name.LocalName == "Import"
                ? string.Join(' ', (string?)element.Attribute("Sdk"), Path.GetFileName((string?)element.Attribute("Project")))
                : Include(element);
            if (!isBehindFlag && IsUnserved(name) && !element.AncestorsAndSelf().Any(IsBehindFlag))
            {
                yield return At(file, element, $"{name.Trim()} is in the default build; condition it on UseAspire");
            }
        }
    }

    public static IEnumerable<Finding> MissingFromSolution(IEnumerable<SourceFile> projects, string solution) =>
        projects.Where(project => !solution.Contains($"\"{project.Path.Replace('/', '\\')}\"", StringComparison.Ordinal))
            .Select(project => new Finding(project.Path, 1, "not in StockAspire.sln"));

    public static IEnumerable<Finding> Untested(IReadOnlyCollection<SourceFile> projects) =>
        projects.Where(project => !project.IsTest && project.Component != "bench" && !TestedElsewhere.Contains(NameOf(project)))
            .Where(project => !projects.Any(test => test.Path == $"tests/{NameOf(project)}.Tests/{NameOf(project)}.Tests.csproj"))
            .Select(project => new Finding(project.Path, 1, $"no tests/{NameOf(project)}.Tests"));

    private static bool IsUnserved(string name) =>
        name.Contains("Aspire.", StringComparison.Ordinal) && !name.Contains("StockAspire.", StringComparison.Ordinal) ||
        name.Contains("CassandraCSharpDriver", StringComparison.Ordinal);

    private static bool IsBehindFlag(XElement element) =>
        ((string?)element.Attribute("Condition"))?.Replace(" ", string.Empty, StringComparison.Ordinal).Contains("'$(UseAspire)'=='true'", StringComparison.Ordinal) == true;

    private static IEnumerable<XElement> Elements(SourceFile file, string name) =>
        XDocument.Parse(file.Text, LoadOptions.SetLineInfo).Descendants().Where(element => element.Name.LocalName == name);

    private static string Include(XElement element) => (string?)element.Attribute("Include") ?? (string?)element.Attribute("Update") ?? string.Empty;

    /// <summary>Sink.Service of Sink.Service.csproj, AppHost of AppHost.Local.targets.</summary>
    private static string NameOf(SourceFile file) =>
        file.Path.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(file.Path) : file.Component.Split('/')[^1];

    private static Finding At(SourceFile file, XElement element, string message) => new(file.Path, ((IXmlLineInfo)element).LineNumber, message);
}
