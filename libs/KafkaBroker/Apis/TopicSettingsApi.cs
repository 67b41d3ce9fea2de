using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

/// <summary>
/// What AlterConfigs and IncrementalAlterConfigs share: resources with changes in, an error for each of them out. Only topics have
/// settings that can be altered here.
/// </summary>
internal abstract class TopicSettingsApi<TChange>(TopicCatalog topics, ApiKey key, short maxVersion, short flexibleFrom)
    : ImmediateApi(key, 0, maxVersion, flexibleFrom)
{
    private sealed record Wanted(sbyte Type, string Name, TChange[] Changes);

    protected TopicCatalog Topics => topics;

    /// <summary>Reads one change, without the tagged fields behind it.</summary>
    protected abstract TChange ReadChange(ref RequestReader reader);

    /// <summary>Makes all changes of one topic, or none.</summary>
    protected abstract (ErrorCode Error, string? Message) Alter(Topic topic, TChange[] changes, bool validateOnly);

    protected sealed override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var (wanted, validateOnly) = Read(request);
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(wanted.Length);
        foreach (var resource in wanted)
        {
            var (error, message) = Alter(resource, validateOnly);
            response.WriteError(error);
            response.WriteMessage(message);
            response.WriteInt8(resource.Type);
            response.WriteString(resource.Name);
            response.WriteTags();
        }

        response.WriteTags();
    }

    private (Wanted[] Resources, bool ValidateOnly) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var r = 0; r < wanted.Length; r++)
        {
            var (type, name) = (reader.ReadInt8(), reader.ReadString());
            var changes = new TChange[reader.ReadArrayLength()];
            for (var c = 0; c < changes.Length; c++)
            {
                changes[c] = ReadChange(ref reader);
                reader.SkipTags();
            }

            wanted[r] = new Wanted(type, name, changes);
            reader.SkipTags();
        }

        return (wanted, reader.ReadBool());
    }

    private (ErrorCode Error, string? Message) Alter(Wanted wanted, bool validateOnly) =>
        wanted.Type != (sbyte)ConfigResource.Topic ? (ErrorCode.InvalidRequest, "Settings of topics alone can be altered here.")
        : topics.Find(wanted.Name) is not { } topic ? (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic.")
        : Alter(topic, wanted.Changes, validateOnly);
}
