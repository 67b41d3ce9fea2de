namespace StockAspire.Deploy.Tests.Running;

/// <summary>Where things are: the checkout these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Deploy { get; } = Path.Combine(Root, "deploy");

    public static string Machines { get; } = Path.Combine(Deploy, "machines");

    /// <summary>Every script of the deployment but what is sourced by others.</summary>
    public static IEnumerable<string> Scripts { get; } =
        [.. Directory.EnumerateFiles(Deploy, "*.sh", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "checks.sh").Order(StringComparer.Ordinal)];

    /// <summary>The folder of a built project.</summary>
    public static string Output(string project) =>
        Path.Combine(Root, project, "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StockAspire.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No StockAspire.sln above {AppContext.BaseDirectory}.");
    }
}
