using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// OffsetCommit (8), versions 2-9, flexible from 8.
// Behaviour: offsets of known partitions are durable before the answer; members must be of the current generation, and a group
// without members takes offsets from anybody (generation -1).
// Left out: the retention time of versions 2-4: offsets are kept until the group or the topic is deleted.
internal sealed class OffsetCommitApi(TopicCatalog topics, GroupCoordinator groups) : ImmediateApi(ApiKey.OffsetCommit, 2, 9, 8)
{
    /// <summary>Kafka's offset.metadata.max.bytes, in characters here.</summary>
    private const int MetadataLengthMax = 4096;

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var reader = request.Read();
        var (groupId, generation, memberId) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString());
        var instanceId = version >= 7 ? reader.ReadNullableString() : null;
        if (version is >= 2 and <= 4)
        {
            _ = reader.ReadInt64(); // retention
        }

        var groupError = groups.CheckCommit(groupId, memberId, instanceId, generation);
        var accepted = new List<(string Topic, int Partition, CommittedOffset Offset)>();
        if (version >= 3)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        var count = reader.ReadArrayLength();
        response.WriteArrayLength(count);
        for (var t = 0; t < count; t++)
        {
            var name = reader.ReadString();
            var topic = topics.Find(name);
            var partitions = reader.ReadArrayLength();
            response.WriteString(name);
            response.WriteArrayLength(partitions);
            for (var p = 0; p < partitions; p++)
            {
                var (partition, offset) = ReadPartition(ref reader, version);
                var error = groupError != ErrorCode.None ? groupError
                    : topic?.FindPartition(partition) is null ? ErrorCode.UnknownTopicOrPartition
                    : offset.Metadata.Length > MetadataLengthMax ? ErrorCode.OffsetMetadataTooLarge
                    : ErrorCode.None;
                if (error == ErrorCode.None)
                {
                    accepted.Add((name, partition, offset));
                }

                response.WriteInt32(partition);
                response.WriteError(error);
                response.WriteTags();
            }

            reader.SkipTags();
            response.WriteTags();
        }

        response.WriteTags();
        if (accepted.Count > 0)
        {
            groups.Offsets.Commit(groupId, accepted);
        }
    }

    private static (int Partition, CommittedOffset Offset) ReadPartition(ref RequestReader reader, short version)
    {
        var (partition, offset) = (reader.ReadInt32(), reader.ReadInt64());
        var epoch = version >= 6 ? reader.ReadInt32() : -1;
        var metadata = reader.ReadNullableString() ?? "";
        reader.SkipTags();
        return (partition, new CommittedOffset(offset, epoch, metadata));
    }
}
