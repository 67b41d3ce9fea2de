using StockAspire.Engines;

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
        var shared = Path.GetFullPath(Path.Combine("..", "shared"));
        var defaults = new CassandraBenchOptions(Path.Combine(shared, "engines"), Path.Combine(shared, "peers"), Path.Combine(shared, "data"), 3, 1_000_000, 5_000_000, AllLoads, 0);
        return OptionPairs.Read(arguments, defaults, (options, name, value) => name switch
        {
            "--engines" => options with { Engines = Path.GetFullPath(value) },
            "--peers" => options with { Peers = Path.GetFullPath(value) },
            "--data" => options with { Data = Path.GetFullPath(value) },
            "--rounds" => options with { Rounds = OptionPairs.Number(value) },
            "--rows" => options with { Rows = OptionPairs.Number(value) },
            "--read-rows" => options with { ReadRows = OptionPairs.Number(value) },
            "--backlog" => options with { Backlog = OptionPairs.Number(value) },
            "--loads" => options with { Loads = OptionPairs.Loads(value, AllLoads) },
            _ => null,
        });
    }

    /// <summary>What is missing to run it, as a sentence; null if nothing is.</summary>
    public string? FindMissing()
    {
        string[] files = [Path.Combine(Engines, EngineScripts.Cassandra), Path.Combine(Engines, EngineScripts.Kafka), Path.Combine(Peers, "peers.sh")];
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } script)
        {
            return $"{script} is not there; say where with --engines and --peers.";
        }

        if (!Directory.Exists(Data))
        {
            return $"{Data} is not there; say with --data where the trade files are.";
        }

        return EngineScripts.HasJava ? null : "There is no java on the path, nor in JAVA_HOME.";
    }
}
