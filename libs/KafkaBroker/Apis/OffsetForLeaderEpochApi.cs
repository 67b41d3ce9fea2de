using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
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
                var (index, currentEpoch, epoch) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
                reader.SkipTags();
                WriteEnd(response, topic?.FindPartition(index), index, currentEpoch, epoch);
            }

            reader.SkipTags();
            response.WriteTags();
        }

        response.WriteTags();
    }

    private static void WriteEnd(ResponseWriter response, PartitionLog? log, int index, int currentEpoch, int epoch)
    {
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
