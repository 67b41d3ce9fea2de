using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// OffsetFetch (9), versions 1-9, flexible from 6, several groups at once from 8.
// Behaviour: committed offsets, -1 where there is none; all of a group for a null list of topics (version 2 on).
// Left out: require_stable (version 7) has no effect, there being no transactions; member ids and epochs (version 9) belong to
// the consumer protocol of KIP-848 and are ignored.
internal sealed class OffsetFetchApi(GroupCoordinator groups) : ImmediateApi(ApiKey.OffsetFetch, 1, 9, 6)
{
    private sealed record Wanted(string GroupId, (string Topic, int[] Partitions)[]? Topics);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var wanted = Read(request);
        if (version >= 3)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        if (version < 8)
        {
            WriteOffsets(version, response, wanted[0]);
            if (version >= 2)
            {
                response.WriteError(ErrorCode.None);
            }

            response.WriteTags();
            return;
        }

        response.WriteArrayLength(wanted.Length);
        foreach (var group in wanted)
        {
            response.WriteString(group.GroupId);
            WriteOffsets(version, response, group);
            response.WriteError(ErrorCode.None);
            response.WriteTags();
        }

        response.WriteTags();
    }

    private static Wanted[] Read(KafkaRequest request)
    {
        var reader = request.Read();
        if (request.Version < 8)
        {
            return [new Wanted(reader.ReadString(), ReadTopics(ref reader))];
        }

        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var g = 0; g < wanted.Length; g++)
        {
            var groupId = reader.ReadString();
            if (request.Version >= 9)
            {
                _ = reader.ReadNullableString(); // member id
                _ = reader.ReadInt32(); // member epoch
            }

            wanted[g] = new Wanted(groupId, ReadTopics(ref reader));
            reader.SkipTags();
        }

        return wanted;
    }

    private static (string Topic, int[] Partitions)[]? ReadTopics(ref RequestReader reader)
    {
        var count = reader.ReadNullableArrayLength();
        if (count < 0)
        {
            return null;
        }

        var topics = new (string Topic, int[] Partitions)[count];
        for (var t = 0; t < count; t++)
        {
            topics[t] = (reader.ReadString(), reader.ReadInt32Array());
            reader.SkipTags();
        }

        return topics;
    }

    private void WriteOffsets(short version, ResponseWriter response, Wanted wanted)
    {
        var topics = wanted.Topics
            ?? [.. groups.Store.FindAll(wanted.GroupId).GroupBy(o => o.Topic).Select(g => (g.Key, g.Select(o => o.Partition).ToArray()))];
        response.WriteArrayLength(topics.Length);
        foreach (var (topic, partitions) in topics)
        {
            response.WriteString(topic);
            response.WriteArrayLength(partitions.Length);
            foreach (var partition in partitions)
            {
                var offset = groups.Store.Find(wanted.GroupId, topic, partition) ?? new CommittedOffset(-1, -1, "");
                response.WriteInt32(partition);
                response.WriteInt64(offset.Offset);
                if (version >= 5)
                {
                    response.WriteInt32(offset.LeaderEpoch);
                }

                response.WriteNullableString(offset.Metadata);
                response.WriteError(ErrorCode.None);
                response.WriteTags();
            }

            response.WriteTags();
        }
    }
}
