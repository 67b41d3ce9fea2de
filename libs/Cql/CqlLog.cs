using System.Net;
using Microsoft.Extensions.Logging;

namespace StockAspire.Cql;

internal static partial class CqlLog
{
    [LoggerMessage(9000, LogLevel.Debug, "Connected to {Endpoint}")]
    public static partial void ConnectionOpened(this ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(9001, LogLevel.Warning, "Lost a connection to {Endpoint}: {Reason}")]
    public static partial void ConnectionClosed(this ILogger logger, IPEndPoint endpoint, string reason);

    [LoggerMessage(9002, LogLevel.Warning, "{Endpoint} cannot be reached; next try in {DelayMs} ms")]
    public static partial void NodeUnreachable(this ILogger logger, IPEndPoint endpoint, long delayMs, Exception exception);

    [LoggerMessage(9003, LogLevel.Information, "Cluster of {NodeCount} nodes in {DatacenterCount} datacenters, found through {Endpoint}; local datacenter {Datacenter}")]
    public static partial void ClusterFound(this ILogger logger, int nodeCount, int datacenterCount, IPEndPoint endpoint, string datacenter);

    [LoggerMessage(9004, LogLevel.Warning, "The control connection was lost: {Reason}")]
    public static partial void ControlLost(this ILogger logger, string reason);

    [LoggerMessage(9005, LogLevel.Warning, "No node takes the control connection; contact points are resolved again in {DelayMs} ms: {Reason}")]
    public static partial void ControlUnreachable(this ILogger logger, long delayMs, string reason);

    [LoggerMessage(9006, LogLevel.Warning, "The cluster's state could not be read: {Reason}")]
    public static partial void RefreshFailed(this ILogger logger, string reason);

    [LoggerMessage(9007, LogLevel.Debug, "Event {Event}")]
    public static partial void EventCame(this ILogger logger, string @event);

    [LoggerMessage(9008, LogLevel.Information, "{Endpoint} did not know a statement and has it again: {Cql}")]
    public static partial void Reprepared(this ILogger logger, IPEndPoint endpoint, string cql);

    [LoggerMessage(9009, LogLevel.Warning, "Nodes did not agree on the schema in {TimeoutMs} ms")]
    public static partial void SchemaNotAgreed(this ILogger logger, long timeoutMs);

    [LoggerMessage(9010, LogLevel.Warning, "{Endpoint} warns: {Warning}")]
    public static partial void ServerWarned(this ILogger logger, IPEndPoint endpoint, string warning);
}
