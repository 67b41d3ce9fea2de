namespace StockAspire.Tests;

/// <summary>Where things are: the checkout that these tests were built in, and what lies beside it.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>Real trades and real engines, no part of the project: named by STOCKASPIRE_SHARED, or beside the checkout.</summary>
    public static string Shared { get; } = Path.GetFullPath(Environment.GetEnvironmentVariable("STOCKASPIRE_SHARED") ?? Path.Combine(Root, "..", "shared"));

    /// <summary>The folder that a project is built into, as these tests are.</summary>
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
