using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// DescribeTopicPartitions (75), version 0, flexible.
// Behaviour: topics by name, or all for an empty list, in order of names; after as many partitions as the client allows, or 2,000,
// the answer ends with a cursor, from which the next request goes on.
// Left out: authorized operations (no ACLs here): always "not known". Eligible leader replicas (KIP-966): there are none.
internal sealed class DescribeTopicPartitionsApi(TopicCatalog topics) : ImmediateApi(ApiKey.DescribeTopicPartitions, 0, 0, 0)
{
    /// <summary>Kafka's max.request.partition.size.limit.</summary>
    private const int PartitionsMax = 2_000;

    private readonly record struct Cursor(string Topic, int Partition);

    private readonly record struct Part(string Name, Topic? Topic, int From, int To);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var names = new string[reader.ReadArrayLength()];
        for (var t = 0; t < names.Length; t++)
        {
            names[t] = reader.ReadString();
            reader.SkipTags();
        }

        var limit = Math.Clamp(reader.ReadInt32(), 1, PartitionsMax);
        Cursor? start = reader.ReadInt8() < 0 ? null : new Cursor(reader.ReadString(), reader.ReadInt32());
        var wanted = names.Length > 0 ? names.Distinct() : topics.All.Select(t => t.Name);
        var parts = Select(wanted.Where(n => start is null || string.CompareOrdinal(n, start.Value.Topic) >= 0).Order(StringComparer.Ordinal), start, limit, out var next);
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(parts.Count);
        foreach (var part in parts)
        {
            Write(response, part);
        }

        response.WriteInt8(next is null ? (sbyte)-1 : (sbyte)1);
        if (next is { } cursor)
        {
            response.WriteString(cursor.Topic);
            response.WriteInt32(cursor.Partition);
            response.WriteTags();
        }

        response.WriteTags();
    }

    private List<Part> Select(IEnumerable<string> names, Cursor? start, int limit, out Cursor? next)
    {
        var parts = new List<Part>();
        next = null;
        foreach (var name in names)
        {
            var topic = topics.Find(name);
            var from = start is { } cursor && cursor.Topic == name ? Math.Max(0, cursor.Partition) : 0;
            if (topic is not null && limit == 0)
            {
                next = new Cursor(name, from);
                return parts;
            }

            var to = topic is null ? from : (int)Math.Min(topic.Partitions.Count, (long)from + limit);
            parts.Add(new Part(name, topic, from, to));
            limit -= Math.Max(0, to - from);
            if (to < topic?.Partitions.Count)
            {
                next = new Cursor(name, to);
                return parts;
            }
        }

        return parts;
    }

    private static void Write(ResponseWriter response, Part part)
    {
        response.WriteError(part.Topic is not null ? ErrorCode.None : Topic.IsValidName(part.Name) ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopic);
        response.WriteNullableString(part.Name);
        response.WriteUuid(part.Topic?.Id ?? Guid.Empty);
        response.WriteBool(false); // internal
        response.WriteArrayLength(Math.Max(0, part.To - part.From));
        for (var partition = part.From; partition < part.To; partition++)
        {
            response.WriteError(ErrorCode.None);
            response.WriteInt32(partition);
            response.WriteInt32(BrokerNode.Id);
            response.WriteInt32(BrokerNode.LeaderEpoch);
            response.WriteInt32Array(BrokerNode.Id); // replicas
            response.WriteInt32Array(BrokerNode.Id); // in sync
            response.WriteInt32Array(); // eligible leaders besides these
            response.WriteInt32Array(); // last known eligible leaders
            response.WriteInt32Array(); // offline
            response.WriteTags();
        }

        response.WriteInt32(BrokerNode.NoAuthorizedOperations);
        response.WriteTags();
    }
}
