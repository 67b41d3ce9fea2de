using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// InitProducerId (22), versions 0-4, flexible from 2.
// Behaviour: a producer id that nobody ever had, epoch 0. Without transactional id, an id and epoch that the client sends along
// (version 3 on) are ignored, as Kafka does. When the disk refuses to reserve ids, error 14: clients try again.
// Left out: transactions: a transactional id is answered with error 53 (TRANSACTIONAL_ID_AUTHORIZATION_FAILED), which clients
// take as final instead of trying for ever.
internal sealed class InitProducerIdApi(ProducerIds producerIds) : ImmediateApi(ApiKey.InitProducerId, 0, 4, 2)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var isTransactional = reader.ReadNullableString() is not null;
        var id = isTransactional ? null : producerIds.Next();
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteError(isTransactional ? ErrorCode.TransactionalIdAuthorizationFailed : id is null ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.None);
        response.WriteInt64(id ?? -1);
        response.WriteInt16(id is null ? (short)-1 : (short)0);
        response.WriteTags();
    }
}
