namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>The checkout that these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The dashboard as built, not the copy beside these tests.</summary>
    public static string DashboardProgram { get; } = Path.Combine(
        Root, "Dashboard", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "StockAspire.Dashboard.dll");

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
