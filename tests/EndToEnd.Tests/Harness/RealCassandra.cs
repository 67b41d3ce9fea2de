namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A real Apache Cassandra on loopback, one node that syncs before it acknowledges, for one suite, from the engines beside the checkout.</summary>
internal sealed class RealCassandra : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(Repository.Shared, "engines", "cassandra.sh");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly string _folder;

    private RealCassandra(string folder, string contactPoint)
    {
        _folder = folder;
        ContactPoint = contactPoint;
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Absence => File.Exists(Script) ? null : $"needs a real Cassandra: {Script} is absent";

    public string ContactPoint { get; }

    public static async Task<RealCassandra> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stockaspire-cassandra-").FullName;

        // The script's children keep its output open: it goes to a file, or the wait for its end would never end.
        var output = Path.Combine(folder, "start.out");
        await using var start = ProgramRun.Start("bash", ["-c", $"'{Script}' start '{folder}/data' --address 127.0.0.61 --sync batch >'{output}' 2>&1 </dev/null"]);
        var exitCode = await start.ExitAsync(Limit);
        var lines = await File.ReadAllLinesAsync(output);
        return exitCode == 0
            ? new RealCassandra(folder, lines[^1].Trim())
            : throw new InvalidOperationException($"Cassandra did not start:\n{string.Join('\n', lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        await using var stop = ProgramRun.Start("bash", ["-c", $"'{Script}' stop '{_folder}/data' >/dev/null 2>&1"]);
        await stop.ExitAsync(Limit);
        Directory.Delete(_folder, recursive: true);
    }
}
