using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// IncrementalAlterConfigs (44), versions 0-1, flexible from 1.
// Behaviour: set (0), delete (1), append (2) and subtract (3) settings of topics; all of a resource or none; in force at once.
// Left out: broker settings: error 42.
internal sealed class IncrementalAlterConfigsApi(TopicCatalog topics) : ImmediateApi(ApiKey.IncrementalAlterConfigs, 0, 1, 1)
{
    private sealed record Change(string Name, sbyte Operation, string? Value);

    private sealed record Wanted(sbyte Type, string Name, Change[] Changes);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
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

    private static (Wanted[] Resources, bool ValidateOnly) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var r = 0; r < wanted.Length; r++)
        {
            var (type, name) = (reader.ReadInt8(), reader.ReadString());
            var changes = new Change[reader.ReadArrayLength()];
            for (var c = 0; c < changes.Length; c++)
            {
                changes[c] = new Change(reader.ReadString(), reader.ReadInt8(), reader.ReadNullableString());
                reader.SkipTags();
            }

            wanted[r] = new Wanted(type, name, changes);
            reader.SkipTags();
        }

        return (wanted, reader.ReadBool());
    }

    private (ErrorCode Error, string? Message) Alter(Wanted wanted, bool validateOnly)
    {
        if (wanted.Type != (sbyte)ConfigResource.Topic)
        {
            return (ErrorCode.InvalidRequest, "Settings of topics alone can be altered here.");
        }

        if (topics.Find(wanted.Name) is not { } topic)
        {
            return (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic.");
        }

        var settings = topic.Config.Overrides.ToDictionary(o => o.Key, o => (string?)o.Value);
        foreach (var change in wanted.Changes)
        {
            if (!TryApply(settings, topic.Config, change))
            {
                return (ErrorCode.InvalidConfig, $"Operation {change.Operation} on {change.Name} is not allowed.");
            }
        }

        return topics.Configure(wanted.Name, settings, validateOnly);
    }

    private static bool TryApply(Dictionary<string, string?> settings, TopicConfig config, Change change)
    {
        var known = TopicSetting.All.FirstOrDefault(s => s.Name == change.Name);
        var isList = known?.Type == SettingType.List;
        var current = isList ? config.Get(change.Name).Split(',') : [];
        switch (change.Operation)
        {
            case 0:
                settings[change.Name] = change.Value;
                return true;
            case 1:
                return known is not null && (settings.Remove(change.Name) || true);
            case 2 when isList:
                settings[change.Name] = string.Join(',', current.Union((change.Value ?? "").Split(',')));
                return true;
            case 3 when isList:
                settings[change.Name] = string.Join(',', current.Except((change.Value ?? "").Split(',')));
                return true;
            default:
                return false;
        }
    }
}
