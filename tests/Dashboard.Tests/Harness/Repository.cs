namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>The checkout that these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The dashboard's project folder, from which the AppHost starts it.</summary>
    public static string DashboardFolder { get; } = Path.Combine(Root, "Dashboard");

    /// <summary>The dashboard as built, not the copy beside these tests.</summary>
    public static string DashboardProgram { get; } = Path.Combine(
        DashboardFolder, "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "StockAspire.Dashboard.dll");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StockAspire.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No StockAspire.sln above {AppContext.BaseDirectory}.");
    }
}
