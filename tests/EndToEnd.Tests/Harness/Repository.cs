namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>Where things are: the checkout these tests were built in, and what lies beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Folder with real trades and real engines, beside the checkout or named by STOCKASPIRE_SHARED.</summary>
    public static string Shared { get; } =
        Environment.GetEnvironmentVariable("STOCKASPIRE_SHARED") ?? Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    public static bool IsLong => Environment.GetEnvironmentVariable("STOCKASPIRE_LONG") == "1";

    /// <summary>The built assembly of a project that is started as a program.</summary>
    public static string Program(string project, string assembly)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(Root, project, "bin", configuration, "net10.0", assembly + ".dll");
    }

    /// <summary>A file of real trades; the test is skipped where it is absent.</summary>
    public static string RealTrades(string name)
    {
        var file = Path.Combine(Shared, "data", name);
        Assert.SkipUnless(File.Exists(file), $"needs the real trades {file}");
        return file;
    }

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
