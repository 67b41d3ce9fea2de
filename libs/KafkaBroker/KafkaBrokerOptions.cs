using System.ComponentModel.DataAnnotations;
using System.Net;

namespace StockAspire.KafkaBroker;

/// <summary>Settings of an embedded broker; checked when it starts.</summary>
public sealed class KafkaBrokerOptions
{
    public const string SectionName = "KafkaBroker";

    /// <summary>Folder of all that the broker keeps; made if missing. One broker at a time.</summary>
    [Required]
    public required string DataDirectory { get; set; }

    /// <summary>Address to listen on. Anything but loopback wants TLS and users, or <see cref="AllowInsecureNetwork"/>.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free port, which <see cref="KafkaBrokerServer.Port"/> tells.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; }

    /// <summary>
    /// The host that clients are told to connect to. Null tells <see cref="Host"/>, or, where that is a wildcard, the address at which
    /// the client came in.
    /// </summary>
    public string? AdvertisedHost { get; set; }

    /// <summary>The port that clients are told to connect to; 0 stands for <see cref="Port"/>.</summary>
    [Range(0, 65_535)]
    public int AdvertisedPort { get; set; }

    /// <summary>PEM file of the certificate, and of the intermediate ones after it; with it all connections are TLS 1.2 or 1.3.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>PEM file of the certificate's key, unencrypted and not readable by everybody.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>
    /// File of users, not readable by everybody; with it clients must authenticate by SASL/PLAIN. A line for each, as
    /// <c>stockaspire-broker --hash-user NAME</c> or <see cref="KafkaBrokerServer.HashUser"/> gives it.
    /// </summary>
    public string? UsersFile { get; set; }

    /// <summary>Lets the broker listen beyond this machine without TLS or without users; it warns in the log then.</summary>
    public bool AllowInsecureNetwork { get; set; }

    /// <summary>How long a wrong password waits for its answer; Kafka's connection.failed.authentication.delay.ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan FailedAuthenticationDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Survives the end of the process in any mode; the modes differ in what a power loss takes.</summary>
    public FsyncMode Fsync { get; set; } = FsyncMode.Interval;

    /// <summary>Time between two flushes in <see cref="FsyncMode.Interval"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FsyncInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether Metadata of an unknown topic makes it, if the client allows it; Kafka's auto.create.topics.enable.</summary>
    public bool AutoCreateTopics { get; set; } = true;

    /// <summary>Partitions of a topic that is made without saying how many; Kafka's num.partitions.</summary>
    [Range(1, 10_000)]
    public int DefaultPartitions { get; set; } = 1;

    /// <summary>Open connections; a client beyond it finds its connection closed. Kafka's max.connections.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 1_000;

    /// <summary>Open connections from one address; Kafka's max.connections.per.ip. No limit of its own by default: on one machine all come from one.</summary>
    [Range(1, int.MaxValue)]
    public int MaxConnectionsPerAddress { get; set; } = int.MaxValue;

    /// <summary>A connection without a request for this long is closed; Kafka's connections.max.idle.ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "24:00:00")]
    public TimeSpan ConnectionIdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest request, in bytes; Kafka's socket.request.max.bytes.</summary>
    [Range(1_024, 1 << 30)]
    public int MaxRequestSize { get; set; } = 100 << 20;

    /// <summary>
    /// Bytes of large requests and fetch answers in memory at once, over all connections; beyond it they wait. Other large answers
    /// have a quarter more, and one request that has begun may go beyond it.
    /// </summary>
    [Range(16L << 20, 1L << 40)]
    public long MaxInFlightBytes { get; set; } = 256L << 20;

    [Range(1, 100_000)]
    public int MaxTopics { get; set; } = 1_000;

    /// <summary>Partitions of all topics together; each keeps a file open.</summary>
    [Range(1, 1_000_000)]
    public int MaxPartitions { get; set; } = 10_000;

    /// <summary>Largest answer to one Fetch, in bytes; a single larger batch still goes through.</summary>
    [Range(1 << 10, 1 << 30)]
    public int MaxFetchSize { get; set; } = 55 << 20;

    [Range(1, 1_000_000)]
    public int MaxGroups { get; set; } = 10_000;

    [Range(1, 100_000)]
    public int MaxGroupMembers { get; set; } = 1_000;

    /// <summary>How long the first members of a group wait for more before partitions are assigned.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan GroupInitialRebalanceDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Least session timeout that a member may ask for. Kafka's default is 6 s; less suits one machine.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan GroupMinSessionTimeout { get; set; } = TimeSpan.FromSeconds(1);

    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan GroupMaxSessionTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long offsets are kept after their group lost its last member; Kafka's offsets.retention.minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan OffsetsRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A frame that has begun must be whole within this time, and an answer must find a reader.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two rounds of retention and compaction.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "24:00:00")]
    public TimeSpan MaintenanceInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that must have come to a compacted partition before it is compacted again.</summary>
    [Range(1, long.MaxValue)]
    public long CompactionDirtySizeMin { get; set; } = 1 << 20;

    internal bool IsLoopback => IPAddress.TryParse(Host, out var address) ? IPAddress.IsLoopback(address) : Host == "localhost";

    /// <summary>Whether connections are encrypted and their users known.</summary>
    internal bool IsSecured => TlsCertificateFile is not null && UsersFile is not null;

    internal static string KeyOf(string option) => $"{SectionName}:{option}";

    /// <exception cref="BrokerStartException">A value is out of its limits; the message names key, value and limits.</exception>
    internal void Validate()
    {
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true))
        {
            var key = results[0].MemberNames.FirstOrDefault() ?? "";
            var value = typeof(KafkaBrokerOptions).GetProperty(key)?.GetValue(this);
            throw BrokerStartException.Option(KeyOf(key), value, results[0].ErrorMessage ?? "");
        }

        if (TlsCertificateFile is null != TlsKeyFile is null)
        {
            var missing = TlsKeyFile is null ? nameof(TlsKeyFile) : nameof(TlsCertificateFile);
            throw BrokerStartException.Option(KeyOf(missing), null, "certificate and key go together (--tls-cert, --tls-key).");
        }

        if (!IsLoopback && !IsSecured && !AllowInsecureNetwork)
        {
            throw BrokerStartException.Option(
                KeyOf(nameof(Host)), Host, $"beyond this machine a broker wants {nameof(TlsCertificateFile)}, {nameof(TlsKeyFile)} and {nameof(UsersFile)} (--tls-cert, --tls-key, --users), "
                    + $"or, where the network itself is trusted, {nameof(AllowInsecureNetwork)} (--allow-insecure-network).");
        }
    }
}
