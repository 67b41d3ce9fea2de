using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// Where a connection comes from, the address of this broker as that client must be told it, and how the client proves who it is:
/// not at all where <paramref name="Sasl"/> is null.
/// </summary>
internal sealed record ClientIdentity(string RemoteHost, string AdvertisedHost, int AdvertisedPort, SaslSession? Sasl);
