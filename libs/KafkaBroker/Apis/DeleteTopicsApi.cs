using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// DeleteTopics (20), versions 1-6, flexible from 4, by id from 6.
// Behaviour: the topic, its files and the offsets that groups committed for it are gone when the answer comes. Left out: nothing.
internal sealed class DeleteTopicsApi(TopicCatalog topics, GroupCoordinator groups) : ImmediateApi(ApiKey.DeleteTopics, 1, 6, 4)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var count = reader.ReadArrayLength();
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(count);
        for (var i = 0; i < count; i++)
        {
            var name = request.Version >= 6 ? reader.ReadNullableString() : reader.ReadString();
            var id = request.Version >= 6 ? reader.ReadUuid() : Guid.Empty;
            if (request.Version >= 6)
            {
                reader.SkipTags();
            }

            Delete(request.Version, response, name, id);
        }

        response.WriteTags();
    }

    private void Delete(short version, ResponseWriter response, string? name, Guid id)
    {
        var topic = name is not null ? topics.Find(name) : topics.Find(id);
        var (error, message) = topic is not null ? topics.Delete(topic)
            : (name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, "This server does not host this topic.");
        if (error == ErrorCode.None)
        {
            groups.Store.DeleteTopic(topic!.Name);
        }

        if (version >= 6)
        {
            response.WriteNullableString(topic?.Name ?? name);
            response.WriteUuid(topic?.Id ?? id);
        }
        else
        {
            response.WriteString(name!);
        }

        response.WriteError(error);
        if (version >= 5)
        {
            response.WriteMessage(message);
        }

        response.WriteTags();
    }
}
