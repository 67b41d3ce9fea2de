namespace StockAspire.KafkaBroker.Apis;

/// <summary>Resource types of the config APIs, under the protocol's numbers.</summary>
internal enum ConfigResource : sbyte
{
    Topic = 2,
    Broker = 4,
}
