using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// Metadata (3), versions 0-13, flexible from 9.
// Behaviour: one broker that leads everything; all topics for a null list (version 0: for an empty one); by id from version 12 on;
// an unknown topic is made if the broker and (from version 4) the client allow it. A wildcard listener advertises the address at
// which the client reached it.
// Left out: authorized operations (no ACLs here): always "not known".
internal sealed class MetadataApi(TopicCatalog topics, KafkaBrokerOptions options, string clusterId) : ImmediateApi(ApiKey.Metadata, 0, 13, 9)
{
    private readonly record struct Wanted(Guid Id, string? Name);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var (wanted, mayCreate) = Read(request);
        if (request.Version >= 3)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteArrayLength(1);
        response.WriteInt32(BrokerNode.Id);
        response.WriteString(request.Client.AdvertisedHost);
        response.WriteInt32(request.Client.AdvertisedPort);
        if (request.Version >= 1)
        {
            response.WriteNullableString(null); // rack
        }

        response.WriteTags();
        if (request.Version >= 2)
        {
            response.WriteNullableString(clusterId);
        }

        if (request.Version >= 1)
        {
            response.WriteInt32(BrokerNode.Id); // controller
        }

        WriteTopics(request.Version, response, wanted, mayCreate);
        if (request.Version is >= 8 and <= 10)
        {
            response.WriteInt32(BrokerNode.NoAuthorizedOperations);
        }

        if (request.Version >= 13)
        {
            response.WriteError(ErrorCode.None);
        }

        response.WriteTags();
    }

    private static (Wanted[]? Wanted, bool MayCreate) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var count = reader.ReadNullableArrayLength();
        var wanted = count < 0 || (count == 0 && request.Version == 0) ? null : new Wanted[count];
        for (var i = 0; i < count; i++)
        {
            var id = request.Version >= 10 ? reader.ReadUuid() : Guid.Empty;
            wanted![i] = new Wanted(id, request.Version >= 10 ? reader.ReadNullableString() : reader.ReadString());
            reader.SkipTags();
        }

        return (wanted, request.Version < 4 || reader.ReadBool());
    }

    private void WriteTopics(short version, ResponseWriter response, Wanted[]? wanted, bool mayCreate)
    {
        if (wanted is null)
        {
            var all = topics.All;
            response.WriteArrayLength(all.Count);
            foreach (var topic in all)
            {
                WriteTopic(version, response, ErrorCode.None, topic.Name, topic);
            }

            return;
        }

        response.WriteArrayLength(wanted.Length);
        foreach (var (id, name) in wanted)
        {
            var (error, topic) = name is null ? (ErrorCode.UnknownTopicId, topics.Find(id)) : FindOrCreate(name, mayCreate);
            WriteTopic(version, response, topic is null ? error : ErrorCode.None, topic?.Name ?? name, topic, id);
        }
    }

    private (ErrorCode Error, Topic? Topic) FindOrCreate(string name, bool mayCreate)
    {
        if (topics.Find(name) is { } known)
        {
            return (ErrorCode.None, known);
        }

        if (!Topic.IsValidName(name))
        {
            return (ErrorCode.InvalidTopic, null);
        }

        if (!mayCreate || !options.AutoCreateTopics)
        {
            return (ErrorCode.UnknownTopicOrPartition, null);
        }

        var (error, _, topic) = topics.Create(name, partitions: -1, [], validateOnly: false);
        return (error, error == ErrorCode.TopicAlreadyExists ? topics.Find(name) : topic);
    }

    private static void WriteTopic(short version, ResponseWriter response, ErrorCode error, string? name, Topic? topic, Guid wantedId = default)
    {
        response.WriteError(error);
        if (version >= 12)
        {
            response.WriteNullableString(name);
        }
        else
        {
            response.WriteString(name ?? "");
        }

        if (version >= 10)
        {
            response.WriteUuid(topic?.Id ?? wantedId);
        }

        if (version >= 1)
        {
            response.WriteBool(false); // internal
        }

        var partitions = topic?.Partitions.Count ?? 0;
        response.WriteArrayLength(partitions);
        for (var p = 0; p < partitions; p++)
        {
            WritePartition(version, response, p);
        }

        if (version >= 8)
        {
            response.WriteInt32(BrokerNode.NoAuthorizedOperations);
        }

        response.WriteTags();
    }

    private static void WritePartition(short version, ResponseWriter response, int partition)
    {
        response.WriteError(ErrorCode.None);
        response.WriteInt32(partition);
        response.WriteInt32(BrokerNode.Id); // leader
        if (version >= 7)
        {
            response.WriteInt32(BrokerNode.LeaderEpoch);
        }

        response.WriteInt32Array(BrokerNode.Id); // replicas
        response.WriteInt32Array(BrokerNode.Id); // in-sync replicas
        if (version >= 5)
        {
            response.WriteInt32Array(); // offline replicas
        }

        response.WriteTags();
    }
}
