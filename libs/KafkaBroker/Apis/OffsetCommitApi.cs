using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// OffsetCommit (8), versions 2-9, flexible from 8.
// Behaviour: offsets of known partitions are durable before the answer; members must be of the current generation, and a group
// without members takes offsets from anybody (generation -1). A member of a group that is not known is told so from version 9 on (69),
// before that it is of a wrong generation (22). The retention time of versions 2-4 is heeded. What the disk refuses
// is answered with error 16 (NOT_COORDINATOR), as Kafka does: clients look for the coordinator again and repeat the commit.
// Left out: nothing.
internal sealed class OffsetCommitApi(TopicCatalog topics, GroupCoordinator groups) : ImmediateApi(ApiKey.OffsetCommit, 2, 9, 8)
{
    /// <summary>Kafka's offset.metadata.max.bytes, in characters here.</summary>
    private const int MetadataLengthMax = 4096;

    private readonly record struct Wanted(string Topic, int Partition, CommittedOffset Offset, ErrorCode Error);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var reader = request.Read();
        var (groupId, generation, memberId) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString());
        var instanceId = version >= 7 ? reader.ReadNullableString() : null;
        var retentionMs = version <= 4 ? reader.ReadInt64() : -1;
        var groupError = groups.CheckCommit(groupId, memberId, instanceId, generation);
        if (groupError == ErrorCode.GroupIdNotFound && version < 9)
        {
            groupError = ErrorCode.IllegalGeneration;
        }

        var wanted = new List<Wanted>();
        var sizes = new (string Topic, int Partitions)[reader.ReadArrayLength()];
        for (var t = 0; t < sizes.Length; t++)
        {
            var name = reader.ReadString();
            sizes[t] = (name, reader.ReadArrayLength());
            for (var p = 0; p < sizes[t].Partitions; p++)
            {
                var (partition, offset) = ReadPartition(ref reader, version);
                var error = groupError != ErrorCode.None ? groupError
                    : topics.Find(name)?.FindPartition(partition) is null ? ErrorCode.UnknownTopicOrPartition
                    : offset.Metadata.Length > MetadataLengthMax ? ErrorCode.OffsetMetadataTooLarge
                    : ErrorCode.None;
                wanted.Add(new Wanted(name, partition, offset, error));
            }

            reader.SkipTags();
        }

        var accepted = wanted.Where(w => w.Error == ErrorCode.None).Select(w => (w.Topic, w.Partition, w.Offset));
        var refusal = groups.TryCommit(groupId, accepted, retentionMs) ? ErrorCode.None : ErrorCode.NotCoordinator;
        Write(version, response, sizes, wanted, refusal);
    }

    private static void Write(short version, ResponseWriter response, (string Topic, int Partitions)[] sizes, List<Wanted> wanted, ErrorCode refusal)
    {
        if (version >= 3)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        var i = 0;
        response.WriteArrayLength(sizes.Length);
        foreach (var (topic, partitions) in sizes)
        {
            response.WriteString(topic);
            response.WriteArrayLength(partitions);
            for (var end = i + partitions; i < end; i++)
            {
                response.WriteInt32(wanted[i].Partition);
                response.WriteError(wanted[i].Error == ErrorCode.None ? refusal : wanted[i].Error);
                response.WriteTags();
            }

            response.WriteTags();
        }

        response.WriteTags();
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
