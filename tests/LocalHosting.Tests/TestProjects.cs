namespace StockAspire.LocalHosting.Tests;

/// <summary>Has the two endpoints of a gRPC service in its appsettings.json.</summary>
internal sealed class KestrelProject : IProjectMetadata
{
    private static readonly string Folder = Make("""
        { "Kestrel": { "Endpoints": {
          "http": { "Url": "http://127.0.0.1:5201" },
          "grpc": { "Url": "http://127.0.0.1:5202", "Protocols": "Http2" } } } }
        """);

    public string ProjectPath => Path.Combine(Folder, "Kestrel.csproj");

    public string AssemblyPath => Path.Combine(Folder, "Kestrel.dll");

    internal static string Make(string appSettings)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "projects", Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), appSettings);
        return folder;
    }
}

/// <summary>Says nothing about its endpoints.</summary>
internal sealed class PlainProject : IProjectMetadata
{
    private static readonly string Folder = KestrelProject.Make("{}");

    public string ProjectPath => Path.Combine(Folder, "Plain.csproj");

    public string AssemblyPath => Path.Combine(Folder, "Plain.dll");
}
