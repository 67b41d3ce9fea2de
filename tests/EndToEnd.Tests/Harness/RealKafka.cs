namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A real Apache Kafka on loopback for one suite, from the engines beside the checkout.</summary>
internal sealed class RealKafka : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(Repository.Shared, "engines", "kafka.sh");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder;

    private RealKafka(string folder, string bootstrapServers)
    {
        _folder = folder;
        BootstrapServers = bootstrapServers;
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Absence => File.Exists(Script) ? null : $"needs a real Kafka: {Script} is absent";

    public string BootstrapServers { get; }

    public static async Task<RealKafka> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stockaspire-kafka-").FullName;

        // The script's children keep its output open: it goes to a file, or the wait for its end would never end.
        var output = Path.Combine(folder, "start.out");
        await using var start = ProgramRun.Start("bash", ["-c", $"'{Script}' start '{folder}/data' >'{output}' 2>&1"]);
        var exitCode = await start.ExitAsync(Limit);
        var lines = await File.ReadAllLinesAsync(output);
        return exitCode == 0
            ? new RealKafka(folder, lines[^1].Trim())
            : throw new InvalidOperationException($"Kafka did not start:\n{string.Join('\n', lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        await using var stop = ProgramRun.Start("bash", ["-c", $"'{Script}' stop '{_folder}/data' >/dev/null 2>&1"]);
        await stop.ExitAsync(Limit);
        Directory.Delete(_folder, recursive: true);
    }
}
