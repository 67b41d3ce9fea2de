using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// DeleteRecords (21), versions 0-2, flexible from 2.
// Behaviour: moves the log's start to the offset, -1 to the high watermark; segments wholly before it free their disk space.
// Left out: nothing; a compacted topic without "delete" refuses with error 44, as Kafka does.
internal sealed class DeleteRecordsApi(TopicCatalog topics) : ImmediateApi(ApiKey.DeleteRecords, 0, 2, 2)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        PartitionAnswers.Write(ref reader, response, topics, Delete);
    }

    private static void Delete(ref RequestReader reader, Topic? topic, ResponseWriter response)
    {
        var (index, offset) = (reader.ReadInt32(), reader.ReadInt64());
        reader.SkipTags();
        var (error, start) = topic?.FindPartition(index) is not { } log ? (ErrorCode.UnknownTopicOrPartition, -1)
            : log.Config.Deletes ? log.DeleteRecords(offset)
            : (ErrorCode.PolicyViolation, -1);
        response.WriteInt32(index);
        response.WriteInt64(start);
        response.WriteError(error);
        response.WriteTags();
    }
}
