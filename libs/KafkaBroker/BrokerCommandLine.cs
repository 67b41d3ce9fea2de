using System.Globalization;

namespace StockAspire.KafkaBroker;

/// <summary>The command line of <c>stockaspire-broker</c>.</summary>
internal static class BrokerCommandLine
{
    public const string Usage = """
        usage: stockaspire-broker --port P --data DIR [--fsync none|interval|commit] [--host 127.0.0.1]

          --port P    port to listen on, 0 for a free one
          --data DIR  folder of the broker's data, made if missing
          --fsync M   when data is brought to the disk: none (left to the system), interval (every second, the default)
                      or commit (before each acknowledgement)
          --host H    address to listen on and to tell clients; 127.0.0.1 by default, as there is no authentication
        """;

    /// <exception cref="BrokerStartException">The arguments cannot be understood; the message says which.</exception>
    public static KafkaBrokerOptions Parse(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (arguments[i] is not ("--port" or "--data" or "--fsync" or "--host"))
            {
                throw BrokerStartException.CommandLine($"Unknown argument {arguments[i]}; see --help.");
            }

            if (i + 1 == arguments.Count)
            {
                throw BrokerStartException.CommandLine($"{arguments[i]} lacks its value; see --help.");
            }

            given[arguments[i]] = arguments[i + 1];
        }

        return new KafkaBrokerOptions
        {
            DataDirectory = given.GetValueOrDefault("--data") ?? throw BrokerStartException.CommandLine("--data is missing; see --help."),
            Port = ParsePort(given.GetValueOrDefault("--port") ?? throw BrokerStartException.CommandLine("--port is missing; see --help.")),
            Fsync = ParseFsync(given.GetValueOrDefault("--fsync") ?? "interval"),
            Host = given.GetValueOrDefault("--host") ?? "127.0.0.1",
        };
    }

    private static int ParsePort(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw BrokerStartException.CommandLine($"--port is {value}; 0 to {ushort.MaxValue} are allowed.");

    private static FsyncMode ParseFsync(string value) => value switch
    {
        "none" => FsyncMode.None,
        "interval" => FsyncMode.Interval,
        "commit" => FsyncMode.Commit,
        _ => throw BrokerStartException.CommandLine($"--fsync is {value}; none, interval and commit are allowed."),
    };
}
