using System.Globalization;

namespace StockAspire.KafkaBroker;

/// <summary>The command line of <c>stockaspire-broker</c>.</summary>
internal static class BrokerCommandLine
{
    public const string Usage = """
        usage: stockaspire-broker --port P --data DIR [--fsync none|interval|commit] [--host H] [--advertised HOST[:PORT]]
                                  [--tls-cert FILE --tls-key FILE] [--users FILE] [--allow-insecure-network]
               stockaspire-broker --check HOST:PORT [--tls]
               stockaspire-broker --hash-user NAME

          --port P             port to listen on, 0 for a free one
          --data DIR           folder of the broker's data, made if missing
          --fsync M            when data is brought to the disk: none (left to the system), interval (every second, the
                               default) or commit (before each acknowledgement)
          --maintenance-interval S
                               seconds between two rounds of retention and compaction, 30 by default
          --host H             address to listen on, 127.0.0.1 by default; 0.0.0.0 for all. Beyond this machine it wants
                               --tls-cert, --tls-key and --users
          --advertised A       address that clients are told to connect to, if it is not the one they came in at
          --tls-cert FILE      PEM certificate, followed by its intermediate ones: all connections are TLS 1.2 or 1.3
          --tls-key FILE       its PEM key, unencrypted, not readable by everybody (chmod 600)
          --users FILE         clients must authenticate by SASL/PLAIN; a line NAME:HASH for each user, as --hash-user prints
                               it, not readable by everybody (chmod 600)
          --allow-insecure-network
                               listen beyond this machine without TLS or users, with a warning in the log
          --check HOST:PORT    ask a running broker whether it serves (with --tls, if it listens so): exit code 0 or 1
          --hash-user NAME     read a password from standard input and print the line for --users

        examples:
          stockaspire-broker --port 9092 --data /var/lib/broker
          printf %s "$PASSWORD" | stockaspire-broker --hash-user stock >> users && chmod 600 users
          stockaspire-broker --port 9093 --data /var/lib/broker --host 0.0.0.0 --advertised broker.example.net \
                             --tls-cert broker.pem --tls-key broker.key --users users
          stockaspire-broker --check broker.example.net:9093 --tls
        """;

    private static readonly string[] WithValue = ["--port", "--data", "--fsync", "--maintenance-interval", "--host", "--advertised", "--tls-cert", "--tls-key", "--users"];
    private static readonly string[] Flags = ["--allow-insecure-network"];

    /// <exception cref="BrokerStartException">The arguments cannot be understood; the message says which.</exception>
    public static KafkaBrokerOptions Parse(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (Flags.Contains(name))
            {
                given[name] = "";
                continue;
            }

            if (!WithValue.Contains(name))
            {
                throw BrokerStartException.CommandLine($"Unknown argument {name}; see --help.");
            }

            given[name] = ++i < arguments.Count ? arguments[i] : throw BrokerStartException.CommandLine($"{name} lacks its value; see --help.");
        }

        var (advertisedHost, advertisedPort) = given.TryGetValue("--advertised", out var advertised) ? ParseAddress("--advertised", advertised, defaultPort: 0) : (null, 0);
        return new KafkaBrokerOptions
        {
            DataDirectory = given.GetValueOrDefault("--data") ?? throw BrokerStartException.CommandLine("--data is missing; see --help."),
            Port = ParsePort("--port", given.GetValueOrDefault("--port") ?? throw BrokerStartException.CommandLine("--port is missing; see --help.")),
            Fsync = ParseFsync(given.GetValueOrDefault("--fsync") ?? "interval"),
            MaintenanceInterval = ParseSeconds("--maintenance-interval", given.GetValueOrDefault("--maintenance-interval") ?? "30"),
            Host = given.GetValueOrDefault("--host") ?? "127.0.0.1",
            AdvertisedHost = advertisedHost,
            AdvertisedPort = advertisedPort,
            TlsCertificateFile = given.GetValueOrDefault("--tls-cert"),
            TlsKeyFile = given.GetValueOrDefault("--tls-key"),
            UsersFile = given.GetValueOrDefault("--users"),
            AllowInsecureNetwork = given.ContainsKey("--allow-insecure-network"),
        };
    }

    /// <summary><c>host:port</c>, an IPv6 address in brackets; without port only where there is one by default.</summary>
    /// <exception cref="BrokerStartException">It is not such an address.</exception>
    public static (string Host, int Port) ParseAddress(string argument, string value, int? defaultPort)
    {
        var colon = value.LastIndexOf(':');
        colon = colon > value.LastIndexOf(']') ? colon : -1;
        var host = (colon < 0 ? value : value[..colon]).TrimStart('[').TrimEnd(']');
        var port = colon >= 0 ? ParsePort(argument, value[(colon + 1)..]) : defaultPort;
        return host.Length > 0 && port is { } known && (known > 0 || known == defaultPort)
            ? (host, known)
            : throw BrokerStartException.CommandLine($"{argument} is {value}; HOST:PORT is wanted.");
    }

    private static int ParsePort(string argument, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw BrokerStartException.CommandLine($"{argument}: port is {value}; 0 to {ushort.MaxValue} are allowed.");

    private static TimeSpan ParseSeconds(string argument, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= TimeSpan.FromDays(1).TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw BrokerStartException.CommandLine($"{argument} is {value}; seconds, at most a day, are allowed.");

    private static FsyncMode ParseFsync(string value) => value switch
    {
        "none" => FsyncMode.None,
        "interval" => FsyncMode.Interval,
        "commit" => FsyncMode.Commit,
        _ => throw BrokerStartException.CommandLine($"--fsync is {value}; none, interval and commit are allowed."),
    };
}
