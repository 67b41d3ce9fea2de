namespace StockAspire.KafkaBroker.Apis;

/// <summary>What the one node of this cluster is to clients.</summary>
internal static class BrokerNode
{
    public const int Id = 1;

    /// <summary>There is one leader for ever, hence one epoch.</summary>
    public const int LeaderEpoch = 0;

    /// <summary>"Not asked for, or not known", where authorized operations go: there are no ACLs here.</summary>
    public const int NoAuthorizedOperations = int.MinValue;

    /// <summary>Answers carry it in milliseconds; this broker never throttles.</summary>
    public const int NoThrottle = 0;
}
