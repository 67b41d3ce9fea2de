namespace StockAspire.Tidy.Tests;

/// <summary>The files of this repository, as paths with slashes below its root.</summary>
internal static class Repository
{
    private static readonly string[] TextExtensions = [".cs", ".csproj", ".props", ".targets", ".proto", ".json", ".md", ".sh", ".py", ".sln", ".yml"];

    /// <summary>Text files that people write: no build output, no hidden folders (data of runs, tools' state).</summary>
    public static IReadOnlyList<SourceFile> Files { get; } = [.. Enumerate(new DirectoryInfo(Checkout.Root))
        .Where(file => TextExtensions.Contains(file.Extension))
        .Select(file => new SourceFile(Path.GetRelativePath(Checkout.Root, file.FullName).Replace('\\', '/'), File.ReadAllText(file.FullName)))
        .OrderBy(file => file.Path, StringComparer.Ordinal)];

    public static IEnumerable<SourceFile> Code => Files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<SourceFile> Projects => Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>Whatever MSBuild reads.</summary>
    public static IEnumerable<SourceFile> BuildFiles =>
        Files.Where(file => System.IO.Path.GetExtension(file.Path) is ".csproj" or ".props" or ".targets");

    private static IEnumerable<FileInfo> Enumerate(DirectoryInfo folder) => folder.EnumerateFiles().Concat(
        folder.EnumerateDirectories()
            .Where(child => child.Name is not ("bin" or "obj" or "node_modules" or "TestResults") && !child.Name.StartsWith('.'))
            .SelectMany(Enumerate));
}
