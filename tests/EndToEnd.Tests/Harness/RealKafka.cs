namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A real Apache Kafka on loopback for one suite, from the engines beside the checkout.</summary>
internal sealed class RealKafka : IAsyncDisposable
{
    private static readonly string s_script = Path.Combine(Repository.Shared, "engines", "kafka.sh");
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly string _folder;

    private RealKafka(string folder, string bootstrapServers)
    {
        _folder = folder;
        BootstrapServers = bootstrapServers;
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Absence => File.Exists(s_script) ? null : $"needs a real Kafka: {s_script} is absent";

    public string BootstrapServers { get; }

    public static async Task<RealKafka> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stockaspire-kafka-").FullName;

        // The script's children keep its output open: it goes to a file, or the wait for its end would never end.
        var output = Path.Combine(folder, "start.out");
        await using var start = ProgramRun.Start("bash", ["-c", $"'{s_script}' start '{folder}/data' >'{output}' 2>&1"]);
        var exitCode = await start.ExitAsync(s_limit);
        var lines = await File.ReadAllLinesAsync(output);
        return exitCode == 0
            ? new RealKafka(folder, lines[^1].Trim())
            : throw new InvalidOperationException($"Kafka did not start:\n{string.Join('\n', lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        await using var stop = ProgramRun.Start("bash", ["-c", $"'{s_script}' stop '{_folder}/data' >/dev/null 2>&1"]);
        await stop.ExitAsync(s_limit);
        Directory.Delete(_folder, recursive: true);
    }
}
