using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// IncrementalAlterConfigs (44), versions 0-1, flexible from 1.
// Behaviour: set (0), delete (1), append (2) and subtract (3) settings of topics; all of a resource or none; in force at once.
// Left out: broker settings: error 42.
internal sealed class IncrementalAlterConfigsApi(TopicCatalog topics)
    : TopicSettingsApi<IncrementalAlterConfigsApi.Change>(topics, ApiKey.IncrementalAlterConfigs, 1, 1)
{
    internal sealed record Change(string Name, sbyte Operation, string? Value);

    protected override Change ReadChange(ref RequestReader reader) => new(reader.ReadString(), reader.ReadInt8(), reader.ReadNullableString());

    protected override (ErrorCode Error, string? Message) Alter(Topic topic, Change[] changes, bool validateOnly)
    {
        var settings = topic.Config.Overrides.ToDictionary(o => o.Key, o => (string?)o.Value);
        foreach (var change in changes)
        {
            if (!TryApply(settings, topic.Config, change))
            {
                return (ErrorCode.InvalidConfig, $"Operation {change.Operation} on {change.Name} is not allowed.");
            }
        }

        return Topics.Configure(topic.Name, settings, validateOnly);
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
