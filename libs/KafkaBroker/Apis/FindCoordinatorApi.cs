using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// FindCoordinator (10), versions 0-4, flexible from 3, several keys at once from 4.
// Behaviour: this broker coordinates every group.
// Left out: transactions: key type 1 is answered with error 53, which clients take as final; share groups (key type 2): error 42.
internal sealed class FindCoordinatorApi : ImmediateApi
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;

    public FindCoordinatorApi()
        : base(ApiKey.FindCoordinator, 0, 4, 3)
    {
    }

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var isBatched = request.Version >= 4;
        string[] keys = isBatched ? [] : [reader.ReadString()];
        var keyType = request.Version >= 1 ? reader.ReadInt8() : GroupKey;
        keys = isBatched ? reader.ReadStringArray() : keys;
        var (error, message) = keyType switch
        {
            GroupKey => (ErrorCode.None, null),
            TransactionKey => (ErrorCode.TransactionalIdAuthorizationFailed, "This broker has no transactions."),
            _ => (ErrorCode.InvalidRequest, $"Coordinators of key type {keyType} are not known here."),
        };

        if (request.Version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        if (!isBatched)
        {
            response.WriteError(error);
            if (request.Version >= 1)
            {
                response.WriteMessage(message);
            }

            WriteNode(request, response, error);
            response.WriteTags();
            return;
        }

        response.WriteArrayLength(keys.Length);
        foreach (var key in keys)
        {
            response.WriteString(key);
            WriteNode(request, response, error);
            response.WriteError(error);
            response.WriteMessage(message);
            response.WriteTags();
        }

        response.WriteTags();
    }

    private static void WriteNode(KafkaRequest request, ResponseWriter response, ErrorCode error)
    {
        var known = error == ErrorCode.None;
        response.WriteInt32(known ? BrokerNode.Id : -1);
        response.WriteString(known ? request.Client.AdvertisedHost : "");
        response.WriteInt32(known ? request.Client.AdvertisedPort : -1);
    }
}
