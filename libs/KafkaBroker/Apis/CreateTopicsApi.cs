using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// CreateTopics (19), versions 2-7, flexible from 5.
// Behaviour: topics with partitions (-1: the broker's default) and settings, or only the check whether they could be made. A
// topic is durable before the answer. Replication factor 1 or -1.
// Left out: more replicas (error 38); replica assignments are taken if they name this broker alone.
internal sealed class CreateTopicsApi(TopicCatalog topics) : ImmediateApi(ApiKey.CreateTopics, 2, 7, 5)
{
    private const sbyte TopicConfigSource = 1;
    private const sbyte DefaultConfigSource = 5;

    private readonly record struct Assignment(int Partition, int[] Brokers);

    private sealed record Wanted(string Name, int Partitions, short Replicas, Assignment[] Assignments, KeyValuePair<string, string?>[] Settings);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var (wanted, validateOnly) = Read(request);
        var twice = wanted.GroupBy(w => w.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(wanted.Length);
        foreach (var topic in wanted)
        {
            var (error, message, created) = twice.Contains(topic.Name)
                ? (ErrorCode.InvalidRequest, $"Topic {topic.Name} is named more than once.", null)
                : Create(topic, validateOnly);
            Write(request.Version, response, topic.Name, error, message, created);
        }

        response.WriteTags();
    }

    private static (Wanted[] Topics, bool ValidateOnly) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var t = 0; t < wanted.Length; t++)
        {
            var (name, partitions, replicas) = (reader.ReadString(), reader.ReadInt32(), reader.ReadInt16());
            var assignments = new Assignment[reader.ReadArrayLength()];
            for (var a = 0; a < assignments.Length; a++)
            {
                assignments[a] = new Assignment(reader.ReadInt32(), reader.ReadInt32Array());
                reader.SkipTags();
            }

            var settings = new KeyValuePair<string, string?>[reader.ReadArrayLength()];
            for (var s = 0; s < settings.Length; s++)
            {
                settings[s] = new(reader.ReadString(), reader.ReadNullableString());
                reader.SkipTags();
            }

            wanted[t] = new Wanted(name, partitions, replicas, assignments, settings);
            reader.SkipTags();
        }

        _ = reader.ReadInt32(); // timeout: it takes milliseconds
        return (wanted, reader.ReadBool());
    }

    private (ErrorCode Error, string? Message, Topic? Topic) Create(Wanted wanted, bool validateOnly)
    {
        if (wanted.Assignments.Length > 0 && (wanted.Partitions != -1 || wanted.Replicas != -1))
        {
            return (ErrorCode.InvalidRequest, "Where partitions are assigned, their number and the replication factor must be -1.", null);
        }

        if (!wanted.Assignments.Select(a => a.Partition).Order().SequenceEqual(Enumerable.Range(0, wanted.Assignments.Length)))
        {
            return (ErrorCode.InvalidReplicaAssignment, "Assigned partitions must be numbered 0, 1, 2 and so on.", null);
        }

        if (wanted.Assignments.Any(a => a.Brokers is not [BrokerNode.Id]))
        {
            return (ErrorCode.InvalidReplicaAssignment, $"Each partition can be assigned to broker {BrokerNode.Id} only.", null);
        }

        if (wanted.Assignments.Length == 0 && wanted.Replicas is not (1 or -1))
        {
            return (ErrorCode.InvalidReplicationFactor, $"Replication factor {wanted.Replicas}; this cluster has 1 broker.", null);
        }

        var partitions = wanted.Assignments.Length > 0 ? wanted.Assignments.Length : wanted.Partitions;
        return topics.Create(wanted.Name, partitions, wanted.Settings, validateOnly);
    }

    private static void Write(short version, ResponseWriter response, string name, ErrorCode error, string? message, Topic? topic)
    {
        response.WriteString(name);
        if (version >= 7)
        {
            response.WriteUuid(topic?.Id ?? Guid.Empty);
        }

        response.WriteError(error);
        response.WriteMessage(message);
        if (version >= 5)
        {
            response.WriteInt32(topic?.Partitions.Count ?? -1);
            response.WriteInt16(topic is null ? (short)-1 : (short)1);
            WriteConfig(response, topic);
        }

        response.WriteTags();
    }

    private static void WriteConfig(ResponseWriter response, Topic? topic)
    {
        if (topic is null)
        {
            response.WriteArrayLength(-1);
            return;
        }

        response.WriteArrayLength(TopicSetting.All.Count);
        foreach (var setting in TopicSetting.All)
        {
            response.WriteString(setting.Name);
            response.WriteNullableString(topic.Config.Get(setting.Name));
            response.WriteBool(false); // read-only
            response.WriteInt8(topic.Config.Overrides.ContainsKey(setting.Name) ? TopicConfigSource : DefaultConfigSource);
            response.WriteBool(false); // sensitive
            response.WriteTags();
        }
    }
}
