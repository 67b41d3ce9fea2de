using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

/// <summary>
/// One API of the Kafka protocol, in the versions that ApiVersions advertises. An instance serves all connections at once and
/// keeps no state of a request.
/// </summary>
/// <param name="key">The API.</param>
/// <param name="minVersion">Lowest version served.</param>
/// <param name="maxVersion">Highest version served.</param>
/// <param name="flexibleFrom">First version with compact types and tagged fields (KIP-482).</param>
internal abstract class KafkaApi(ApiKey key, short minVersion, short maxVersion, short flexibleFrom)
{
    public ApiKey Key => key;

    public short MinVersion => minVersion;

    public short MaxVersion => maxVersion;

    public bool Serves(short version) => version >= minVersion && version <= maxVersion;

    public bool IsFlexible(short version) => version >= flexibleFrom;

    /// <summary>Reads the request's body and writes the answer's; both headers are the connection's affair.</summary>
    /// <exception cref="MalformedRequestException">The body breaks the protocol.</exception>
    public abstract ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken);
}

/// <summary>An API that never waits.</summary>
internal abstract class ImmediateApi(ApiKey key, short minVersion, short maxVersion, short flexibleFrom)
    : KafkaApi(key, minVersion, maxVersion, flexibleFrom)
{
    public sealed override ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken)
    {
        Handle(request, response);
        return ValueTask.CompletedTask;
    }

    protected abstract void Handle(KafkaRequest request, ResponseWriter response);
}
