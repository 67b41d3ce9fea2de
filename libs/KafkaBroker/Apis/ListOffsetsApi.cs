using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// ListOffsets (2), versions 1-7, flexible from 6.
// Behaviour: -1 the high watermark, -2 the log's start, -3 (from version 7) the record with the greatest timestamp, otherwise the
// first record with at least that timestamp (ms); offset -1 where there is none.
// Left out: in a batch that cannot be decompressed the answer is the batch's first offset: early, never late.
internal sealed class ListOffsetsApi(TopicCatalog topics) : ImmediateApi(ApiKey.ListOffsets, 1, 7, 6)
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var reader = request.Read();
        _ = reader.ReadInt32(); // replica id
        if (version >= 2)
        {
            _ = reader.ReadInt8(); // isolation level
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        var count = reader.ReadArrayLength();
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
                var index = reader.ReadInt32();
                var epoch = version >= 4 ? reader.ReadInt32() : -1;
                var (error, timestamp, offset) = Find(version, topic?.FindPartition(index), epoch, reader.ReadInt64());
                reader.SkipTags();
                response.WriteInt32(index);
                response.WriteError(error);
                response.WriteInt64(timestamp);
                response.WriteInt64(offset);
                if (version >= 4)
                {
                    response.WriteInt32(error == ErrorCode.None && offset >= 0 ? BrokerNode.LeaderEpoch : -1);
                }

                response.WriteTags();
            }

            reader.SkipTags();
            response.WriteTags();
        }

        response.WriteTags();
    }

    private static (ErrorCode Error, long Timestamp, long Offset) Find(short version, PartitionLog? log, int epoch, long timestamp)
    {
        if (log is null)
        {
            return (ErrorCode.UnknownTopicOrPartition, -1, -1);
        }

        if (epoch > BrokerNode.LeaderEpoch)
        {
            return (ErrorCode.UnknownLeaderEpoch, -1, -1);
        }

        switch (timestamp)
        {
            case Latest:
                return (ErrorCode.None, -1, log.HighWatermark);
            case Earliest:
                return (ErrorCode.None, -1, log.LogStartOffset);
            case MaxTimestamp when version >= 7:
                timestamp = log.FindMaxTimestamp();
                break;
            case < 0:
                return (ErrorCode.UnsupportedForMessageFormat, -1, -1);
        }

        try
        {
            return timestamp >= 0 && log.FindTimestamp(timestamp) is { } found ? (ErrorCode.None, found.Timestamp, found.Offset) : (ErrorCode.None, -1, -1);
        }
        catch (ObjectDisposedException)
        {
            return (ErrorCode.UnknownTopicOrPartition, -1, -1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.ReadFailed(e);
            return (ErrorCode.KafkaStorageError, -1, -1);
        }
    }
}
