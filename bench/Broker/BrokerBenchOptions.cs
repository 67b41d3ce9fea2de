using System.Globalization;

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

    public static BrokerBenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BrokerBenchOptions(null, 3, 1_000_000, AllLoads);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--engines" => options with { Engines = Path.GetFullPath(value) },
                "--rounds" => options with { Rounds = int.Parse(value, CultureInfo.InvariantCulture) },
                "--messages" => options with { Messages = int.Parse(value, CultureInfo.InvariantCulture) },
                "--loads" => options with { Loads = ParseLoads(value) },
                _ => throw new ArgumentException($"Unknown option {arguments[i]}; see --help."),
            };
        }

        return arguments.Count % 2 == 0 ? options : throw new ArgumentException($"{arguments[^1]} lacks its value.");
    }

    private static string[] ParseLoads(string text)
    {
        var loads = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return loads.FirstOrDefault(load => !AllLoads.Contains(load)) is { } unknown
            ? throw new ArgumentException($"Unknown load {unknown}; there are {string.Join(", ", AllLoads)}.")
            : loads;
    }
}
