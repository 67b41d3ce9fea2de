namespace StockAspire.Bench.Broker;

/// <summary>What to measure: rounds after the warm-up, messages of each load, and where Apache Kafka is, if at hand.</summary>
/// <param name="Engines">Folder of <c>kafka.sh</c>.</param>
/// <param name="Rounds">After the warm-up; each begins with another contender.</param>
/// <param name="Messages">Of each load, but the one for latency.</param>
/// <param name="Loads">Some of <see cref="AllLoads"/>.</param>
internal sealed record BrokerBenchOptions(string? Engines, int Rounds, int Messages, IReadOnlyList<string> Loads)
{
    public const string Clients = "net";
    public const string Through = "through";
    public const string Latency = "latency";
    public const string Java = "java";

    public static IReadOnlyList<string> AllLoads { get; } = [Clients, Through, Latency, Java];

    public static BrokerBenchOptions Parse(IReadOnlyList<string> arguments) =>
        OptionPairs.Read(arguments, new BrokerBenchOptions(null, 3, 1_000_000, AllLoads), (options, name, value) => name switch
        {
            "--engines" => options with { Engines = Path.GetFullPath(value) },
            "--rounds" => options with { Rounds = OptionPairs.Number(value) },
            "--messages" => options with { Messages = OptionPairs.Number(value) },
            "--loads" => options with { Loads = OptionPairs.Loads(value, AllLoads) },
            _ => null,
        });
}
