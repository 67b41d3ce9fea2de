using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

/// <summary>Reads what is asked of one partition, tags included, and writes the answer, tags included; the topic is null where there is none.</summary>
internal delegate void PartitionAnswer(ref RequestReader reader, Topic? topic, ResponseWriter response);

/// <summary>The body of an API that is asked for partitions by topic and answers them in the order of the request.</summary>
internal static class PartitionAnswers
{
    public static void Write(ref RequestReader reader, ResponseWriter response, TopicCatalog topics, PartitionAnswer answer)
    {
        var count = reader.ReadArrayLength();
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(count);
        for (var t = 0; t < count; t++)
        {
            var name = reader.ReadString();
            var topic = topics.Find(name);
            var partitions = reader.ReadArrayLength();
            response.WriteString(name);
            response.WriteArrayLength(partitions);
            for (var p = 0; p < partitions; p++)
            {
                answer(ref reader, topic, response);
            }

            reader.SkipTags();
            response.WriteTags();
        }

        response.WriteTags();
    }
}
