using System.Globalization;

namespace StockAspire.Bench.Cassandra;

/// <summary>What to measure, and where the servers and the programs to compare with are.</summary>
/// <param name="Engines">Folder of <c>cassandra.sh</c> and <c>kafka.sh</c>.</param>
/// <param name="Peers">Folder of <c>peers.sh</c>.</param>
/// <param name="Data">Folder of the trade files that all of them write.</param>
/// <param name="Rounds">After the warm-up.</param>
/// <param name="Rows">Of each write; single inserts are a quarter of them.</param>
/// <param name="ReadRows">Written once for all reads: with few, partitions are smaller than a day's.</param>
/// <param name="Loads">Some of <see cref="AllLoads"/>.</param>
/// <param name="Backlog">Ticks that wait in Kafka for the Sink whose memory is watched; 0 for none.</param>
internal sealed record CassandraBenchOptions(string Engines, string Peers, string Data, int Rounds, int Rows, int ReadRows, IReadOnlyList<string> Loads, int Backlog)
{
    public const string Inserts = "insert";
    public const string Batches = "batch";
    public const string Reads = "read";
    public const string Latest = "latest";
    public const string Sink = "sink";

    public static IReadOnlyList<string> AllLoads { get; } = [Inserts, Batches, Reads, Latest, Sink];

    public static CassandraBenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var shared = Path.Combine("..", "shared");
        var options = new CassandraBenchOptions(
            Path.GetFullPath(Path.Combine(shared, "engines")), Path.GetFullPath(Path.Combine(shared, "peers")), Path.GetFullPath(Path.Combine(shared, "data")), 3, 1_000_000, 5_000_000, AllLoads, 0);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--engines" => options with { Engines = Path.GetFullPath(value) },
                "--peers" => options with { Peers = Path.GetFullPath(value) },
                "--data" => options with { Data = Path.GetFullPath(value) },
                "--rounds" => options with { Rounds = Number(value) },
                "--rows" => options with { Rows = Number(value) },
                "--read-rows" => options with { ReadRows = Number(value) },
                "--backlog" => options with { Backlog = Number(value) },
                "--loads" => options with { Loads = ParseLoads(value) },
                _ => throw new ArgumentException($"Unknown option {arguments[i]}; see --help."),
            };
        }

        return arguments.Count % 2 == 0 ? options : throw new ArgumentException($"{arguments[^1]} lacks its value.");
    }

    /// <summary>What is missing to run it, as a sentence; null if nothing is.</summary>
    public string? FindMissing()
    {
        string[] files = [Path.Combine(Engines, "cassandra.sh"), Path.Combine(Engines, "kafka.sh"), Path.Combine(Peers, "peers.sh")];
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } script)
        {
            return $"{script} is not there; say where with --engines and --peers.";
        }

        if (!Directory.Exists(Data))
        {
            return $"{Data} is not there; say with --data where the trade files are.";
        }

        var home = Environment.GetEnvironmentVariable("JAVA_HOME");
        var folders = (home is null ? string.Empty : Path.Combine(home, "bin") + Path.PathSeparator) + Environment.GetEnvironmentVariable("PATH");
        return folders.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "java"))) ? null : "There is no java on the path, nor in JAVA_HOME.";
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static string[] ParseLoads(string text)
    {
        var loads = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return loads.FirstOrDefault(load => !AllLoads.Contains(load)) is { } unknown
            ? throw new ArgumentException($"Unknown load {unknown}; there are {string.Join(", ", AllLoads)}.")
            : loads;
    }
}
