using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StockAspire.TickStream;

/// <summary>Section <c>Kafka</c>; the addresses are <c>ConnectionStrings:kafka</c>.</summary>
public sealed class KafkaOptions
{
    public const string SectionName = "Kafka";
    public const string ConnectionName = "kafka";

    /// <summary>host:port,... of the cluster.</summary>
    [Required(ErrorMessage = "ConnectionStrings:kafka is missing: give host:port of a Kafka broker, such as 127.0.0.1:19092.")]
    public string BootstrapServers { get; set; } = string.Empty;

    /// <summary>Partitions of <c>ticks</c> when it is made; fixed from then on, since a symbol keeps its partition.</summary>
    [Range(1, 1024, ErrorMessage = "Kafka:TopicPartitions must be between 1 and 1024.")]
    public int TopicPartitions { get; set; } = 8;

    /// <summary>Copies of each topic made; 0 asks for the cluster's default.</summary>
    [Range(0, 7, ErrorMessage = "Kafka:ReplicationFactor must be between 0 (the cluster's default) and 7.")]
    public int ReplicationFactor { get; set; }

    /// <summary>How long the producer waits to fill a batch.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01", ErrorMessage = "Kafka:Linger must be between 0 and 1 s.")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Bytes that a producer or consumer queues at most.</summary>
    [Range(1 << 20, 1 << 30, ErrorMessage = "Kafka:QueueBytes must be between 1 MiB and 1 GiB.")]
    public int QueueBytes { get; set; } = 64 << 20;

    [ValidateObjectMembers]
    public KafkaSecurityOptions Security { get; set; } = new();
}

/// <summary>Section <c>Kafka:Security</c>. All empty: plain text, for loopback.</summary>
public sealed class KafkaSecurityOptions
{
    /// <summary>PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty is none.</summary>
    [RegularExpression("PLAIN|SCRAM-SHA-256|SCRAM-SHA-512", ErrorMessage = "Kafka:Security:Mechanism must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.")]
    public string Mechanism { get; set; } = string.Empty;

    public string User { get; set; } = string.Empty;

    public string Password { get; set; } = string.Empty;

    /// <summary>
    /// A file whose content is the password; instead of <see cref="Password"/>. Read for each client, and again when Kafka
    /// refuses it, so that it may be changed at any time.
    /// </summary>
    public string PasswordFile { get; set; } = string.Empty;

    /// <summary>Whether connections are encrypted; also on where <see cref="CaFile"/> is given.</summary>
    public bool Tls { get; set; }

    /// <summary>PEM file of the authority that signed the brokers' certificates.</summary>
    public string CaFile { get; set; } = string.Empty;
}
