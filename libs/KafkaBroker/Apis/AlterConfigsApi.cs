using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// AlterConfigs (33), versions 0-2, flexible from 2.
// Behaviour: gives a topic the settings named, and back to its default every setting that is not named; all of a resource or
// none; in force at once. IncrementalAlterConfigs, which newer clients use, changes single settings.
// Left out: broker settings: error 42.
internal sealed class AlterConfigsApi(TopicCatalog topics) : ImmediateApi(ApiKey.AlterConfigs, 0, 2, 2)
{
    private sealed record Wanted(sbyte Type, string Name, KeyValuePair<string, string?>[] Settings);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var (wanted, validateOnly) = Read(request);
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(wanted.Length);
        foreach (var resource in wanted)
        {
            var (error, message) = Alter(resource, validateOnly);
            response.WriteError(error);
            response.WriteNullableString(message);
            response.WriteInt8(resource.Type);
            response.WriteString(resource.Name);
            response.WriteTags();
        }

        response.WriteTags();
    }

    private static (Wanted[] Resources, bool ValidateOnly) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var r = 0; r < wanted.Length; r++)
        {
            var (type, name) = (reader.ReadInt8(), reader.ReadString());
            var settings = new KeyValuePair<string, string?>[reader.ReadArrayLength()];
            for (var s = 0; s < settings.Length; s++)
            {
                settings[s] = new(reader.ReadString(), reader.ReadNullableString());
                reader.SkipTags();
            }

            wanted[r] = new Wanted(type, name, settings);
            reader.SkipTags();
        }

        return (wanted, reader.ReadBool());
    }

    private (ErrorCode Error, string? Message) Alter(Wanted wanted, bool validateOnly) =>
        wanted.Type != (sbyte)ConfigResource.Topic ? (ErrorCode.InvalidRequest, "Settings of topics alone can be altered here.")
        : topics.Find(wanted.Name) is null ? (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic.")
        : topics.Configure(wanted.Name, wanted.Settings, validateOnly);
}
