using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting;

/// <summary>Section <c>AppHost</c>; whatever else stands in it is an error, so that a slip of the pen is no silent default.</summary>
internal sealed record AppHostSettings(string DataDirectory, bool DynamicPorts, IReadOnlyDictionary<string, int> EndpointPorts)
{
    internal const string SectionName = "AppHost";

    private static readonly string[] Keys = ["DataDirectory", "Ports", "Endpoints", "Dashboard"];

    /// <summary>Set by the build, or by the option --operation, rather than by people.</summary>
    private static readonly string[] BuiltKeys = ["ProjectDirectory", "KafkaBroker", "DashboardAssembly", "Operation"];

    /// <summary>Null: embedded where one is built.</summary>
    internal DashboardMode? Dashboard { get; init; }

    /// <summary>Signals and the end of the process are this application's to decide on; in a test they are the test's.</summary>
    internal bool OwnsProcess { get; init; } = true;

    internal static string EndpointKey(string resource, string endpoint) => $"{SectionName}:Endpoints:{resource}:{endpoint}";

    internal static AppHostSettings Read(IConfiguration configuration, string appHostDirectory)
    {
        var section = configuration.GetSection(SectionName);
        foreach (var child in section.GetChildren())
        {
            if (!Keys.Concat(BuiltKeys).Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw new DistributedApplicationException($"{child.Path} is no setting; there are {string.Join(", ", Keys.Select(key => $"{SectionName}:{key}"))}.");
        }

        var ports = section["Ports"] ?? "fixed";
        if (ports is not ("fixed" or "dynamic"))
            throw new DistributedApplicationException($"AppHost:Ports is \"{ports}\"; it must be fixed or dynamic.");

        DashboardMode? dashboard = section["Dashboard"] switch
        {
            null => null,
            "none" => DashboardMode.None,
            "embedded" => DashboardMode.Embedded,
            var other => throw new DistributedApplicationException($"AppHost:Dashboard is \"{other}\"; it must be embedded or none."),
        };

        // A relative folder that someone types is relative to where they are; the default one stands in the repository.
        var folder = section["DataDirectory"];
        var data = string.IsNullOrWhiteSpace(folder)
            ? Path.Combine(RepositoryOf(appHostDirectory), ".stockaspire")
            : Path.GetFullPath(folder);
        return new AppHostSettings(data, ports == "dynamic", ReadEndpointPorts(section.GetSection("Endpoints"))) { Dashboard = dashboard };
    }

    private static Dictionary<string, int> ReadEndpointPorts(IConfigurationSection endpoints)
    {
        var ports = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in endpoints.GetChildren().SelectMany(resource => resource.GetChildren()))
        {
            if (!int.TryParse(endpoint.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                throw new DistributedApplicationException($"{endpoint.Path} is \"{endpoint.Value}\"; it must be a port, 1 to 65535.");
            ports[endpoint.Path] = port;
        }
        return ports;
    }

    /// <summary>The nearest folder at or above that holds a solution; without one, the AppHost's own.</summary>
    private static string RepositoryOf(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && folder.EnumerateFiles("*.sln").Any())
                return folder.FullName;
        }
        return directory;
    }
}
