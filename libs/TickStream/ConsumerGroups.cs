namespace StockAspire.TickStream;

/// <summary>Consumer groups whose committed offsets other services read.</summary>
public static class ConsumerGroups
{
    /// <summary>The Sink's, on <see cref="Topics.Ticks"/>: an offset below the committed one is stored.</summary>
    public const string Sink = "stockaspire-sink";

    /// <summary>Ingest's, on <see cref="Topics.Raw"/>: an offset below the committed one is normalised and sealed.</summary>
    public const string Normaliser = "stockaspire-normaliser";
}
