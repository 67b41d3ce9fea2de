namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>What clients need that .NET does not bring. Each answer is why a client cannot run here, or null; looked at once.</summary>
internal static class ClientRequirements
{
    private static readonly Lazy<Task<string?>> NodePackagesAnswer = new(InstallNodePackagesAsync);
    private static readonly Lazy<Task<string?>> JavaAnswer = new(CompileJavaAsync);

    public static Task<string?> NodePackages => NodePackagesAnswer.Value;

    public static Task<string?> Java => JavaAnswer.Value;

    public static Task<string?> PythonKafkaAsync() =>
        PythonModulesAsync("python3-kafka, python3-lz4, python3-snappy and python3-zstandard", "kafka,lz4,snappy,zstandard");

    public static Task<string?> PythonConfluentAsync() => PythonModulesAsync("python3-confluent-kafka", "confluent_kafka");

    public static async Task<bool> NodeHasZstdAsync() =>
        await ClientCommand.TryRunAsync("node", ["-p", "typeof require('node:zlib').zstdCompressSync"]) is { Output: "function\n" };

    /// <summary>
    /// Installs the packages of package.json into the user's cache, once for all runs, and links them beside the programs. A
    /// folder is filled under a name of its own and then renamed, so that two runs at once do not meet.
    /// </summary>
    private static async Task<string?> InstallNodePackagesAsync()
    {
        var programs = Path.Combine(AppContext.BaseDirectory, "Clients", "node");
        var package = await File.ReadAllBytesAsync(Path.Combine(programs, "package.json"));
        var cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "stockaspire");
        var installed = Path.Combine(cache, "kafka-clients-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(package))[..16]);
        if (!Directory.Exists(installed))
        {
            var filling = $"{installed}.{Environment.ProcessId}";
            Directory.CreateDirectory(filling);
            await File.WriteAllBytesAsync(Path.Combine(filling, "package.json"), package);
            if (await ClientCommand.TryRunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], filling) is not { ExitCode: 0 } npm)
            {
                Directory.Delete(filling, recursive: true);
                return "needs node and npm, which must reach its registry once";
            }

            try
            {
                Directory.Move(filling, installed);
            }
            catch (IOException) when (Directory.Exists(installed))
            {
                Directory.Delete(filling, recursive: true);
            }
        }

        var link = new DirectoryInfo(Path.Combine(programs, "node_modules"));
        if (link.LinkTarget is not null)
        {
            link.Delete();
        }

        link.CreateAsSymbolicLink(Path.Combine(installed, "node_modules"));
        return null;
    }

    private static async Task<string?> CompileJavaAsync()
    {
        if (!Directory.Exists(JavaTools.LibrariesFolder))
        {
            return $"needs an Apache Kafka in {JavaTools.LibrariesFolder}";
        }

        var source = Path.Combine(AppContext.BaseDirectory, "Clients", "java", "JavaClient.java");
        return await ClientCommand.TryRunAsync("javac", ["-encoding", "UTF-8", "-d", JavaTools.Classes, "-cp", JavaTools.Libraries, source]) switch
        {
            null => "needs javac",
            { ExitCode: 0 } => null,
            { Errors: var errors } => throw new InvalidOperationException(errors),
        };
    }

    private static async Task<string?> PythonModulesAsync(string packages, string modules) =>
        await ClientCommand.TryRunAsync(ClientCommand.PythonKafka.File, ["-c", "import " + modules]) is { ExitCode: 0 } ? null : $"needs Debian's {packages}";
}
