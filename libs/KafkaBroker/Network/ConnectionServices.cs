using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker.Network;

/// <summary>What all connections share.</summary>
internal sealed class ConnectionServices(
    KafkaBrokerOptions options, BrokerSecurity security, ApiCatalog apis, BrokerMetrics metrics, ILogger logger)
{
    private readonly LogGate _refusals = new();
    private readonly LogGate _rejections = new();

    public KafkaBrokerOptions Options => options;

    public BrokerSecurity Security => security;

    public ApiCatalog Apis => apis;

    public BrokerMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>For large requests, and for answers that know their size and wait their turn.</summary>
    public MemoryBudget Memory { get; } = new(options.MaxInFlightBytes);

    /// <summary>For other answers, which cannot wait: one that does not fit in closes its connection.</summary>
    public MemoryBudget GrowthMemory { get; } = new(options.MaxInFlightBytes / 4);

    public long InFlightSize => Memory.Used + GrowthMemory.Used;

    /// <summary>A limit keeps the client out.</summary>
    public void Refused(string client, string reason)
    {
        metrics.Rejected("limit");
        if (_refusals.TryPass(out var suppressed))
        {
            BrokerLog.ConnectionRefused(logger, client, WithCount(reason, suppressed));
        }
    }

    /// <summary>
    /// The client did not prove who it is. The log does not hold the name that it gave: people type passwords there.
    /// </summary>
    public void AuthenticationFailed(string client)
    {
        metrics.AuthenticationFailed();
        Rejected(client, "authentication failed");
    }

    /// <summary>What the client did, or failed to do, ends its connection.</summary>
    public void Rejected(string client, string reason)
    {
        metrics.Rejected("request");
        if (_rejections.TryPass(out var suppressed))
        {
            BrokerLog.ConnectionRejected(logger, client, WithCount(reason, suppressed));
        }
    }

    private static string WithCount(string reason, int suppressed) => suppressed == 0 ? reason : $"{reason} ({suppressed} more were closed since the last such line)";
}
