using System.Globalization;

namespace StockAspire.Bench.Broker;

/// <summary>What to measure: rounds after the warm-up, messages of each load, and where Apache Kafka is, if at hand.</summary>
internal sealed record BrokerBenchOptions(string? Engines, int Rounds, int Messages)
{
    public static BrokerBenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BrokerBenchOptions(null, 3, 1_000_000);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--engines" => options with { Engines = Path.GetFullPath(value) },
                "--rounds" => options with { Rounds = int.Parse(value, CultureInfo.InvariantCulture) },
                "--messages" => options with { Messages = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => throw new ArgumentException($"Unknown option {arguments[i]}; see --help."),
            };
        }

        return arguments.Count % 2 == 0 ? options : throw new ArgumentException($"{arguments[^1]} lacks its value.");
    }
}
