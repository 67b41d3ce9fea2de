using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// AlterConfigs (33), versions 0-2, flexible from 2.
// Behaviour: gives a topic the settings named, and back to its default every setting that is not named; all of a resource or
// none; in force at once. IncrementalAlterConfigs, which newer clients use, changes single settings.
// Left out: broker settings: error 42.
internal sealed class AlterConfigsApi(TopicCatalog topics) : TopicSettingsApi<KeyValuePair<string, string?>>(topics, ApiKey.AlterConfigs, 2, 2)
{
    protected override KeyValuePair<string, string?> ReadChange(ref RequestReader reader) => new(reader.ReadString(), reader.ReadNullableString());

    protected override (ErrorCode Error, string? Message) Alter(Topic topic, KeyValuePair<string, string?>[] changes, bool validateOnly) =>
        Topics.Configure(topic.Name, changes, validateOnly);
}
