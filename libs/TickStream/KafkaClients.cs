using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StockAspire.Market;

namespace StockAspire.TickStream;

/// <summary>
/// Makes Kafka clients with the settings that decide correctness; they stand here, with their reasons, and nowhere else.
/// Thread-safe; what it makes is the caller's to dispose.
/// </summary>
public sealed class KafkaClients(IOptions<KafkaOptions> options, ILoggerFactory loggers)
{
    /// <summary>For how long a group keeps a member that it does not hear of.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(10);

    private const int ReconnectBackoffMaxMs = 1_000;
    private const long ErrorLogIntervalNs = 5 * UnixTime.NsPerSecond;
    private const int CommitIntervalMs = 200;

    /// <summary>Records fetched ahead, for each partition.</summary>
    private const int GroupQueueMessages = 10_000;

    /// <summary>Bytes fetched ahead, of all partitions.</summary>
    private const int GroupQueueSizeMax = 16 << 20;

    private readonly KafkaOptions _options = options.Value;
    private readonly ILogger _logger = loggers.CreateLogger<KafkaClients>();

    /// <summary>
    /// A producer whose acknowledgement means: replicated, once, in order. It never gives a message up by itself
    /// (message.timeout.ms = 0: a timeout would tear the order); a full queue throws <c>Local_QueueFull</c>, which is
    /// back-pressure, never a drop.
    /// </summary>
    public IProducer<byte[], byte[]> CreateProducer(string clientId)
    {
        var config = new ProducerConfig(Common(clientId))
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageTimeoutMs = 0,
            MessageMaxBytes = 1_000_000,
            CompressionType = CompressionType.Lz4,
            LingerMs = _options.Linger.TotalMilliseconds,
            BatchSize = 512 * 1024,
            QueueBufferingMaxKbytes = _options.QueueBytes / 1024,
            QueueBufferingMaxMessages = 500_000,

            // Java's partitioner: every producer of the ecosystem puts a symbol into the same partition.
            Partitioner = Partitioner.Murmur2Random,
            DeliveryReportFields = "status",
        };
        return new ProducerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler(ErrorHandler(config))
            .Build();
    }

    /// <summary>
    /// A member of a consumer group: range assignment, static membership. What is committed is what the caller passes to
    /// <c>StoreOffset</c>, nothing else: every 200 ms, and when partitions or the group are left.
    /// </summary>
    public ConsumerBuilder<byte[], byte[]> BuildGroupConsumer(string clientId, string groupId, string instanceId)
    {
        var config = Consumer(clientId, groupId);
        config.GroupInstanceId = instanceId;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;

        // "Automatic" is only the sending, in the background: polling never waits for a commit while the broker is away.
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = CommitIntervalMs;

        // Enough to keep any store busy between two fetches. The defaults would fill memory from a backlog of small records.
        config.QueuedMinMessages = GroupQueueMessages;
        config.QueuedMaxMessagesKbytes = Math.Min(_options.QueueBytes, GroupQueueSizeMax) / 1024;
        return Builder(config);
    }

    /// <summary>A consumer whose partitions the caller assigns; it commits nothing.</summary>
    public IConsumer<byte[], byte[]> CreateReader(string clientId) => CreateReader(clientId, clientId);

    /// <summary>The same, which also reads what a group has committed; it never joins it.</summary>
    public IConsumer<byte[], byte[]> CreateReader(string clientId, string groupId) => Builder(Consumer(clientId, groupId)).Build();

    public IAdminClient CreateAdmin(string clientId)
    {
        var config = new AdminClientConfig(Common(clientId));
        return new AdminClientBuilder(config)
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler(ErrorHandler(config))
            .Build();
    }

    private ConsumerConfig Consumer(string clientId, string groupId) => new(Common(clientId))
    {
        GroupId = groupId,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Error,
        IsolationLevel = IsolationLevel.ReadCommitted,
        EnablePartitionEof = true,

        // The default of 1000 ms starves a fast reader.
        FetchQueueBackoffMs = 5,
        FetchWaitMaxMs = 100,
        QueuedMaxMessagesKbytes = _options.QueueBytes / 1024,
        SessionTimeoutMs = (int)SessionTimeout.TotalMilliseconds,
        HeartbeatIntervalMs = 2_000,
        MaxPollIntervalMs = 300_000,
    };

    private ConsumerBuilder<byte[], byte[]> Builder(ConsumerConfig config) =>
        new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler(ErrorHandler(config));

    private ClientConfig Common(string clientId)
    {
        KafkaLibrary.Load(_logger);
        var security = _options.Security;
        var tls = security.Tls || security.CaFile.Length > 0;
        var config = new ClientConfig
        {
            BootstrapServers = _options.BootstrapServers,
            ClientId = clientId,
            ReconnectBackoffMaxMs = ReconnectBackoffMaxMs,
            SocketKeepaliveEnable = true,
            SecurityProtocol = (security.Mechanism.Length > 0, tls) switch
            {
                (true, true) => SecurityProtocol.SaslSsl,
                (true, false) => SecurityProtocol.SaslPlaintext,
                (false, true) => SecurityProtocol.Ssl,
                _ => SecurityProtocol.Plaintext,
            },
        };
        if (security.CaFile.Length > 0)
        {
            config.SslCaLocation = security.CaFile;
        }

        if (security.Mechanism.Length > 0)
        {
            config.SaslMechanism = security.Mechanism switch
            {
                "SCRAM-SHA-256" => SaslMechanism.ScramSha256,
                "SCRAM-SHA-512" => SaslMechanism.ScramSha512,
                _ => SaslMechanism.Plain,
            };
            config.SaslUsername = security.User;
            config.SaslPassword = security.PasswordFile.Length > 0 ? ReadPassword() : security.Password;
        }

        return config;
    }

    /// <summary>
    /// Logs a client's errors, which repeat many times a second while Kafka is away: a fatal one always, others at most
    /// once in five seconds. A refused password is read from its file again.
    /// </summary>
    private Action<IClient, Error> ErrorHandler(ClientConfig config)
    {
        var lastNs = 0L;
        var password = config.SaslPassword;
        return (client, error) =>
        {
            if (error.Code == ErrorCode.Local_Authentication && _options.Security.PasswordFile.Length > 0)
            {
                password = Renew(client, config.ClientId, password);
            }

            var nowNs = TimeProvider.System.NowNs();
            if (error.IsFatal || nowNs - Interlocked.Read(ref lastNs) >= ErrorLogIntervalNs)
            {
                Interlocked.Exchange(ref lastNs, nowNs);
                KafkaLog.ClientError(_logger, config.ClientId, error.Reason, error.IsFatal);
            }
        };
    }

    /// <summary>Gives the client what the file holds now, for its next connection. Returns that.</summary>
    private string Renew(IClient client, string clientId, string refused)
    {
        try
        {
            var password = ReadPassword();
            if (password.Length > 0 && password != refused)
            {
                client.SetSaslCredentials(_options.Security.User, password);
                KafkaLog.PasswordRenewed(_logger, clientId);
            }

            return password;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or KafkaException)
        {
            KafkaLog.PasswordNotRenewed(_logger, clientId, exception.Message);
            return refused;
        }
    }

    private string ReadPassword() => File.ReadAllText(_options.Security.PasswordFile).Trim();

    private void Log(LogMessage message)
    {
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            var facility = string.Create(CultureInfo.InvariantCulture, $"{message.Name} {message.Facility}");
            KafkaLog.LibraryMessage(_logger, facility, message.Message);
        }
    }
}
