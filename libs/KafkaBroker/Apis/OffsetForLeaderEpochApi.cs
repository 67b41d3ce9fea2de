using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// OffsetForLeaderEpoch (23), versions 2-4, flexible from 4.
// Behaviour: the one epoch, 0, ends at the high watermark; consumers ask this to find out whether a log was cut.
// Left out: other epochs: a later one is unknown (error 75 as current epoch, -1 as the one asked for).
internal sealed class OffsetForLeaderEpochApi(TopicCatalog topics) : ImmediateApi(ApiKey.OffsetForLeaderEpoch, 2, 4, 4)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        if (request.Version >= 3)
        {
            _ = reader.ReadInt32(); // replica id
        }

        PartitionAnswers.Write(ref reader, response, topics, WriteEnd);
    }

    private static void WriteEnd(ref RequestReader reader, Topic? topic, ResponseWriter response)
    {
        var (index, currentEpoch, epoch) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        reader.SkipTags();
        var log = topic?.FindPartition(index);
        var error = log is null ? ErrorCode.UnknownTopicOrPartition
            : currentEpoch > BrokerNode.LeaderEpoch ? ErrorCode.UnknownLeaderEpoch
            : ErrorCode.None;
        var isKnown = error == ErrorCode.None && epoch == BrokerNode.LeaderEpoch;
        response.WriteError(error);
        response.WriteInt32(index);
        response.WriteInt32(isKnown ? BrokerNode.LeaderEpoch : -1);
        response.WriteInt64(isKnown ? log!.HighWatermark : -1);
        response.WriteTags();
    }
}
