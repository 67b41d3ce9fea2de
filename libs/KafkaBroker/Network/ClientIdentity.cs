namespace StockAspire.KafkaBroker.Network;

/// <summary>Where a connection comes from, and the address of this broker as that client must be told it.</summary>
internal sealed record ClientIdentity(string RemoteHost, string AdvertisedHost, int AdvertisedPort);
