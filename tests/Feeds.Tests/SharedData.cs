namespace StockAspire.Feeds.Tests;

/// <summary>Reference data beside the repository, or where STOCKASPIRE_SHARED_DATA says; no part of the project.</summary>
internal static class SharedData
{
    public static string? Find(string name)
    {
        if (Environment.GetEnvironmentVariable("STOCKASPIRE_SHARED_DATA") is { Length: > 0 } folder)
        {
            return Existing(Path.Combine(folder, name));
        }

        for (var parent = new DirectoryInfo(AppContext.BaseDirectory); parent is not null; parent = parent.Parent)
        {
            if (Existing(Path.Combine(parent.FullName, "shared", "data", name)) is { } path)
            {
                return path;
            }
        }

        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
