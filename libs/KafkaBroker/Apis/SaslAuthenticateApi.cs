using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// SaslAuthenticate (36), versions 0-2, flexible from 2.
// Behaviour: a token of PLAIN, judged against the users file. A wrong one: error 58 after a delay, and the end of the connection.
// Without SaslHandshake before it, or after success: error 34.
// Left out: sessions that end: their lifetime is always 0, "for ever".
internal sealed class SaslAuthenticateApi() : KafkaApi(ApiKey.SaslAuthenticate, 0, 2, 2)
{
    public override async ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken)
    {
        var (error, message) = request.Client.Sasl is { } sasl
            ? await sasl.AuthenticateAsync(ReadToken(request), cancellationToken).ConfigureAwait(false)
            : (ErrorCode.IllegalSaslState, "This listener has no authentication.");
        response.WriteError(error);
        response.WriteNullableString(message);
        response.WriteBytes([]);
        if (request.Version >= 1)
        {
            response.WriteInt64(0); // session lifetime
        }

        response.WriteTags();
    }

    private static Memory<byte> ReadToken(KafkaRequest request)
    {
        var reader = request.Read();
        return reader.ReadBytes();
    }
}
