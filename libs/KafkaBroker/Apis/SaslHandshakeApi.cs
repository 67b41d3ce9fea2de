using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker.Apis;

// SaslHandshake (17), versions 0-1, never flexible.
// Behaviour: takes PLAIN, the one mechanism here. After version 1 the token comes with SaslAuthenticate, after version 0 in a frame of
// its own without header. Any other mechanism: error 33 with the list, and the end of the connection. Where there is nothing to prove,
// or it has been proved: error 34, as in Kafka.
// Left out: SCRAM, OAUTHBEARER, GSSAPI; re-authentication (KIP-368), as in a Kafka whose connections.max.reauth.ms is 0.
internal sealed class SaslHandshakeApi() : ImmediateApi(ApiKey.SaslHandshake, 0, 1, short.MaxValue)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var mechanism = reader.ReadString();
        var error = request.Client.Sasl?.Choose(mechanism, rawToken: request.Version == 0) ?? ErrorCode.IllegalSaslState;
        response.WriteError(error);
        var isServed = error != ErrorCode.IllegalSaslState;
        response.WriteArrayLength(isServed ? 1 : 0);
        if (isServed)
        {
            response.WriteString(SaslSession.Mechanism);
        }
    }
}
