using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// DescribeConfigs (32), versions 1-4, flexible from 4.
// Behaviour: all settings of a topic, each with its source: set on the topic, or Kafka's default.
// Left out: synonyms and documentation (empty). A broker resource has no settings to show: the broker is configured by its command line.
internal sealed class DescribeConfigsApi(TopicCatalog topics) : ImmediateApi(ApiKey.DescribeConfigs, 1, 4, 4)
{
    private const sbyte TopicConfigSource = 1;
    private const sbyte DefaultConfigSource = 5;

    private sealed record Wanted(sbyte Type, string Name, string[]? Keys);

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var wanted = Read(request);
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(wanted.Length);
        foreach (var resource in wanted)
        {
            Write(request.Version, response, resource);
        }

        response.WriteTags();
    }

    private static Wanted[] Read(KafkaRequest request)
    {
        var reader = request.Read();
        var wanted = new Wanted[reader.ReadArrayLength()];
        for (var i = 0; i < wanted.Length; i++)
        {
            var (type, name) = (reader.ReadInt8(), reader.ReadString());
            var count = reader.ReadNullableArrayLength();
            var keys = count < 0 ? null : new string[count];
            for (var k = 0; k < count; k++)
            {
                keys![k] = reader.ReadString();
            }

            wanted[i] = new Wanted(type, name, keys);
            reader.SkipTags();
        }

        return wanted;
    }

    private void Write(short version, ResponseWriter response, Wanted wanted)
    {
        var topic = wanted.Type == (sbyte)ConfigResource.Topic ? topics.Find(wanted.Name) : null;
        var (error, message) = (ConfigResource)wanted.Type switch
        {
            ConfigResource.Topic when topic is null => (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic."),
            ConfigResource.Topic or ConfigResource.Broker => (ErrorCode.None, null),
            _ => (ErrorCode.InvalidRequest, $"Resources of type {wanted.Type} are not known here."),
        };
        response.WriteError(error);
        response.WriteMessage(message);
        response.WriteInt8(wanted.Type);
        response.WriteString(wanted.Name);

        // kcat and others ask for an empty list where they mean all.
        var settings = topic is null ? [] : TopicSetting.All.Where(s => wanted.Keys is null or [] || wanted.Keys.Contains(s.Name)).ToArray();
        response.WriteArrayLength(settings.Length);
        foreach (var setting in settings)
        {
            WriteSetting(version, response, setting, topic!.Config);
        }

        response.WriteTags();
    }

    private static void WriteSetting(short version, ResponseWriter response, TopicSetting setting, TopicConfig config)
    {
        response.WriteString(setting.Name);
        response.WriteNullableString(config.Get(setting.Name));
        response.WriteBool(false); // read-only
        response.WriteInt8(config.Overrides.ContainsKey(setting.Name) ? TopicConfigSource : DefaultConfigSource);
        response.WriteBool(false); // sensitive
        response.WriteArrayLength(0); // synonyms
        if (version >= 3)
        {
            response.WriteInt8((sbyte)setting.Type);
            response.WriteNullableString(null); // documentation
        }

        response.WriteTags();
    }
}
