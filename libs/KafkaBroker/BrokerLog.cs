using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker;

/// <summary>Everything that the broker logs. Event ids 1000 to 1999.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(1000, LogLevel.Information, "stockaspire-broker {Version} listens on {Address}, data in {DataDirectory}, fsync {Fsync}, {Security}, {TopicCount} topics, {Start} start")]
    public static partial void Started(ILogger logger, string version, string address, string dataDirectory, FsyncMode fsync, BrokerSecurity security, int topicCount, string start);

    [LoggerMessage(1001, LogLevel.Information, "stopped cleanly in {DurationMs} ms")]
    public static partial void Stopped(ILogger logger, long durationMs);

    [LoggerMessage(1002, LogLevel.Warning, "listening on {Host}, beyond this machine, with {Security}: whoever reaches the port may read and write everything, or overhear those who do")]
    public static partial void OpenToNetwork(ILogger logger, string host, BrokerSecurity security);

    [LoggerMessage(1003, LogLevel.Error, "{DataDirectory} could not be marked as cleanly closed; the next start scans what may be unfinished")]
    public static partial void NotMarkedClean(ILogger logger, string dataDirectory, Exception exception);

    [LoggerMessage(1010, LogLevel.Warning, "connection from {Client} refused: {Reason}")]
    public static partial void ConnectionRefused(ILogger logger, string client, string reason);

    [LoggerMessage(1011, LogLevel.Warning, "connection from {Client} closed: {Reason}")]
    public static partial void ConnectionRejected(ILogger logger, string client, string reason);

    [LoggerMessage(1012, LogLevel.Error, "connection from {Client} closed: {Api} version {ApiVersion} failed")]
    public static partial void RequestFailed(ILogger logger, string client, string api, short apiVersion, Exception exception);

    [LoggerMessage(1013, LogLevel.Error, "accepting a connection failed")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(1020, LogLevel.Information, "topic {Topic} created with {PartitionCount} partitions")]
    public static partial void TopicCreated(ILogger logger, string topic, int partitionCount);

    [LoggerMessage(1021, LogLevel.Information, "topic {Topic} deleted")]
    public static partial void TopicDeleted(ILogger logger, string topic);

    [LoggerMessage(1022, LogLevel.Error, "{Path}: a change of topics failed")]
    public static partial void TopicChangeFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(1030, LogLevel.Warning, "{Log}: cut at offset {Offset}, {CutSize} bytes of an unfinished or damaged write removed")]
    public static partial void LogCut(ILogger logger, string log, long offset, long cutSize);

    [LoggerMessage(1031, LogLevel.Error, "segment {Path} lies behind a damaged one and is set aside")]
    public static partial void SegmentSetAside(ILogger logger, string path);

    [LoggerMessage(1032, LogLevel.Error, "{Log}: append failed")]
    public static partial void AppendFailed(ILogger logger, string log, Exception exception);

    [LoggerMessage(1033, LogLevel.Error, "{Log}: flush failed")]
    public static partial void FlushFailed(ILogger logger, string log, Exception exception);

    [LoggerMessage(1034, LogLevel.Debug, "{Log}: new segment at {Offset}")]
    public static partial void SegmentRolled(ILogger logger, string log, long offset);

    [LoggerMessage(1035, LogLevel.Information, "{Log}: retention moved the start to {Offset}")]
    public static partial void RetentionApplied(ILogger logger, string log, long offset);

    [LoggerMessage(1036, LogLevel.Information, "{Log}: compacted from {SizeBefore} to {SizeAfter} bytes")]
    public static partial void LogCompacted(ILogger logger, string log, long sizeBefore, long sizeAfter);

    [LoggerMessage(1037, LogLevel.Error, "{Log}: maintenance failed")]
    public static partial void MaintenanceFailed(ILogger logger, string log, Exception exception);

    [LoggerMessage(1038, LogLevel.Error, "{Path} is lost or damaged: its copy is used")]
    public static partial void TopicsRestored(ILogger logger, string path);

    [LoggerMessage(1039, LogLevel.Error, "folder {Path} holds records of no known topic and is set aside")]
    public static partial void TopicSetAside(ILogger logger, string path);

    [LoggerMessage(1050, LogLevel.Warning, "{Log}: index or producers' state not saved; the next start reads more of the log")]
    public static partial void StateNotSaved(ILogger logger, string log, Exception exception);

    [LoggerMessage(1051, LogLevel.Error, "{Log}: read failed")]
    public static partial void ReadFailed(ILogger logger, string log, Exception exception);

    [LoggerMessage(1040, LogLevel.Debug, "group {Group}: generation {Generation} {State} with {MemberCount} members ({Reason})")]
    public static partial void GroupChanged(ILogger logger, string group, int generation, string state, int memberCount, string reason);

    [LoggerMessage(1041, LogLevel.Warning, "{Path}: {CutSize} bytes of an unfinished or damaged write removed")]
    public static partial void GroupsCut(ILogger logger, string path, long cutSize);

    [LoggerMessage(1042, LogLevel.Error, "{Path}: write failed")]
    public static partial void GroupsNotWritten(ILogger logger, string path, Exception exception);

    [LoggerMessage(1043, LogLevel.Information, "{Count} committed offsets of groups without members expired")]
    public static partial void OffsetsExpired(ILogger logger, int count);

    [LoggerMessage(1045, LogLevel.Information, "{Count} groups go on with the members that they had")]
    public static partial void GroupsRestored(ILogger logger, int count);

    [LoggerMessage(1044, LogLevel.Error, "{Path}: no producer ids could be reserved")]
    public static partial void ProducerIdsNotReserved(ILogger logger, string path, Exception exception);
}
