using Microsoft.Extensions.Logging;

namespace StockAspire.TickStream;

internal static partial class KafkaLog
{
    [LoggerMessage(7000, LogLevel.Information, "librdkafka {Version} loaded")]
    public static partial void LibraryLoaded(ILogger logger, string version);

    [LoggerMessage(7001, LogLevel.Warning, "Kafka client {ClientId}: {Reason} (fatal: {Fatal})")]
    public static partial void ClientError(ILogger logger, string clientId, string reason, bool fatal);

    [LoggerMessage(7002, LogLevel.Debug, "{Facility}: {Message}")]
    public static partial void LibraryMessage(ILogger logger, string facility, string message);

    [LoggerMessage(7003, LogLevel.Information, "Topic {Topic} made with {Partitions} partitions")]
    public static partial void TopicCreated(ILogger logger, string topic, int partitions);

    [LoggerMessage(7004, LogLevel.Warning, "Topic {Topic} cannot be read now, trying on: {Reason}")]
    public static partial void ReadFailed(ILogger logger, string topic, string reason);

    [LoggerMessage(7005, LogLevel.Information, "Kafka client {ClientId} connects with the password that Kafka:Security:PasswordFile holds now")]
    public static partial void PasswordRenewed(ILogger logger, string clientId);

    [LoggerMessage(7006, LogLevel.Warning, "Kafka client {ClientId} keeps the password that was refused: {Reason}")]
    public static partial void PasswordNotRenewed(ILogger logger, string clientId, string reason);
}
