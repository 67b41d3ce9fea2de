namespace StockAspire.LocalHosting;

/// <summary>The <c>dotnet</c> that children run on: the one that runs this process, so that all share one runtime.</summary>
internal static class DotNetHost
{
    internal static string Path { get; } = Find();

    private static string Find()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && System.IO.Path.GetFileName(self) == name)
            return self;

        // Started by its own executable: the runtime's folder is ROOT/shared/Microsoft.NETCore.App/VERSION.
        var runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        var beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(runtime, "..", "..", "..", name));
        return File.Exists(beside) ? beside : name;
    }
}
