using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Apis;

namespace StockAspire.KafkaBroker.Network;

/// <summary>What all connections share.</summary>
internal sealed class ConnectionServices(KafkaBrokerOptions options, ApiCatalog apis, BrokerMetrics metrics, ILogger logger)
{
    private readonly LogGate _refusals = new();
    private readonly LogGate _rejections = new();

    public KafkaBrokerOptions Options => options;

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
            BrokerLog.ConnectionRefused(logger, client, reason, suppressed);
        }
    }

    /// <summary>What the client did, or failed to do, ends its connection.</summary>
    public void Rejected(string client, string reason)
    {
        metrics.Rejected("request");
        if (_rejections.TryPass(out var suppressed))
        {
            BrokerLog.ConnectionRejected(logger, client, reason, suppressed);
        }
    }
}
