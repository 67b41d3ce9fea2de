using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// OffsetDelete (47), version 0, not flexible.
// Behaviour: forgets what a group committed for some partitions. Error 69 where the group is not known, 3 for a partition that is
// not, 86 for a topic that a member subscribes to, 68 where the members are no consumers, 16 where the disk refuses.
// Left out: nothing.
internal sealed class OffsetDeleteApi(TopicCatalog topics, GroupCoordinator groups) : ImmediateApi(ApiKey.OffsetDelete, 0, 0, short.MaxValue)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var groupId = reader.ReadString();
        var wanted = new (string Topic, int[] Partitions)[reader.ReadArrayLength()];
        for (var t = 0; t < wanted.Length; t++)
        {
            wanted[t] = (reader.ReadString(), reader.ReadInt32Array());
        }

        var error = groups.CheckDeleteOffsets(groupId);
        var results = error != ErrorCode.None ? [] : wanted.Select(w => (w.Topic, w.Partitions, Errors: w.Partitions.Select(p => Check(groupId, w.Topic, p)).ToArray())).ToArray();
        var accepted = results.SelectMany(r => r.Partitions.Where((_, i) => r.Errors[i] == ErrorCode.None).Select(p => (r.Topic, p)));
        if (error == ErrorCode.None && !groups.TryDeleteOffsets(groupId, accepted))
        {
            (error, results) = (ErrorCode.NotCoordinator, []);
        }

        response.WriteError(error);
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(results.Length);
        foreach (var (topic, partitions, errors) in results)
        {
            response.WriteString(topic);
            response.WriteArrayLength(partitions.Length);
            for (var p = 0; p < partitions.Length; p++)
            {
                response.WriteInt32(partitions[p]);
                response.WriteError(errors[p]);
            }
        }
    }

    private ErrorCode Check(string groupId, string topic, int partition) =>
        topics.Find(topic)?.FindPartition(partition) is null ? ErrorCode.UnknownTopicOrPartition
        : groups.Find(groupId)?.IsSubscribed(topic) == true ? ErrorCode.GroupSubscribedToTopic
        : ErrorCode.None;
}
