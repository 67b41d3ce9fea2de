using StockAspire.KafkaBroker.Network;

namespace StockAspire.KafkaBroker.Protocol;

/// <summary>
/// One request off the wire. <paramref name="Body"/> lies in the connection's receive buffer: it is valid, and may be patched
/// in place, until the request has been answered.
/// </summary>
internal sealed record KafkaRequest(short Version, bool Flexible, string? ClientId, Memory<byte> Body, ClientIdentity Client)
{
    /// <summary>Set by Produce with acks=0, the one request that gets no answer.</summary>
    public bool Unanswered { get; set; }

    public RequestReader Read() => new(Body, Flexible);
}
