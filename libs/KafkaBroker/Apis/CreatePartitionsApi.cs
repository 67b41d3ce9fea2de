using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// CreatePartitions (37), versions 0-3, flexible from 2.
// Behaviour: raises the number of partitions; keys then go elsewhere, as on any Kafka.
// Left out: replica assignments are taken if they name this broker alone.
internal sealed class CreatePartitionsApi(TopicCatalog topics) : ImmediateApi(ApiKey.CreatePartitions, 0, 3, 2)
{
    private sealed record Wanted(string Name, int Count, bool IsAssignable);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var (wanted, validateOnly) = Read(request);
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(wanted.Length);
        foreach (var (name, count, isAssignable) in wanted)
        {
            var (error, message) = isAssignable
                ? topics.AddPartitions(name, count, validateOnly)
                : (ErrorCode.InvalidReplicaAssignment, $"Each partition can be assigned to broker {BrokerNode.Id} only.");
            response.WriteString(name);
            response.WriteError(error);
            response.WriteMessage(message);
            response.WriteTags();
        }

        response.WriteTags();
    }

    private static (Wanted[] Topics, bool ValidateOnly) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var t = 0; t < wanted.Length; t++)
        {
            var (name, count) = (reader.ReadString(), reader.ReadInt32());
            var isAssignable = true;
            for (var a = reader.ReadNullableArrayLength(); a > 0; a--)
            {
                isAssignable &= reader.ReadInt32Array() is [BrokerNode.Id];
                reader.SkipTags();
            }

            wanted[t] = new Wanted(name, count, isAssignable);
            reader.SkipTags();
        }

        _ = reader.ReadInt32(); // timeout
        return (wanted, reader.ReadBool());
    }
}
