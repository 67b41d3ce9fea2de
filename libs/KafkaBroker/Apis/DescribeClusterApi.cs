using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// DescribeCluster (60), versions 0-1, flexible from 0.
// Behaviour: this one broker, which is the controller too.
// Left out: authorized operations (no ACLs here); the endpoint type of version 1 is echoed only if it is 1, brokers: there is no
// controller listener (error 42).
internal sealed class DescribeClusterApi(string clusterId) : ImmediateApi(ApiKey.DescribeCluster, 0, 1, 0)
{
    private const sbyte BrokersEndpoint = 1;

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        _ = reader.ReadBool(); // include authorized operations
        var endpoint = request.Version >= 1 ? reader.ReadInt8() : BrokersEndpoint;
        var isServed = endpoint == BrokersEndpoint;
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteError(isServed ? ErrorCode.None : ErrorCode.InvalidRequest);
        response.WriteNullableString(isServed ? null : $"Endpoint type {endpoint} is not served here; {BrokersEndpoint} is.");
        if (request.Version >= 1)
        {
            response.WriteInt8(BrokersEndpoint);
        }

        response.WriteString(clusterId);
        response.WriteInt32(BrokerNode.Id);
        response.WriteArrayLength(isServed ? 1 : 0);
        if (isServed)
        {
            response.WriteInt32(BrokerNode.Id);
            response.WriteString(request.Client.AdvertisedHost);
            response.WriteInt32(request.Client.AdvertisedPort);
            response.WriteNullableString(null); // rack
            response.WriteTags();
        }

        response.WriteInt32(BrokerNode.NoAuthorizedOperations);
        response.WriteTags();
    }
}
