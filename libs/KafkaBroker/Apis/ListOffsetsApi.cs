using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// ListOffsets (2), versions 1-7, flexible from 6.
// Behaviour: -1 the high watermark, -2 the log's start, -3 (from version 7) the record with the greatest timestamp, otherwise the
// first record with at least that timestamp (ms); offset -1 where there is none. A partition that is asked for twice is error 42: to
// look for a time may mean to decompress a batch, and nobody shall have that done a thousand times by one request.
// Left out: in a batch that cannot be decompressed the answer is the batch's first offset: early, never late.
internal sealed class ListOffsetsApi(TopicCatalog topics) : ImmediateApi(ApiKey.ListOffsets, 1, 7, 6)
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var wanted = Read(request);
        var twice = wanted.SelectMany(t => t.Partitions.Select(p => (t.Topic, p.Partition))).GroupBy(p => p).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        if (version >= 2)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteArrayLength(wanted.Length);
        foreach (var (name, partitions) in wanted)
        {
            var topic = topics.Find(name);
            response.WriteString(name);
            response.WriteArrayLength(partitions.Length);
            foreach (var (partition, epoch, wantedTimestamp) in partitions)
            {
                var (error, timestamp, offset) = twice.Contains((name, partition)) ? (ErrorCode.InvalidRequest, -1, -1) : Find(version, topic?.FindPartition(partition), epoch, wantedTimestamp);
                response.WriteInt32(partition);
                response.WriteError(error);
                response.WriteInt64(timestamp);
                response.WriteInt64(offset);
                if (version >= 4)
                {
                    response.WriteInt32(error == ErrorCode.None && offset >= 0 ? BrokerNode.LeaderEpoch : -1);
                }

                response.WriteTags();
            }

            response.WriteTags();
        }

        response.WriteTags();
    }

    private static (string Topic, (int Partition, int Epoch, long Timestamp)[] Partitions)[] Read(KafkaRequest request)
    {
        var reader = request.Read();
        _ = reader.ReadInt32(); // replica id
        if (request.Version >= 2)
        {
            _ = reader.ReadInt8(); // isolation level
        }

        var wanted = new (string Topic, (int Partition, int Epoch, long Timestamp)[] Partitions)[reader.ReadArrayLength()];
        for (var t = 0; t < wanted.Length; t++)
        {
            wanted[t] = (reader.ReadString(), new (int, int, long)[reader.ReadArrayLength()]);
            for (var p = 0; p < wanted[t].Partitions.Length; p++)
            {
                wanted[t].Partitions[p] = (reader.ReadInt32(), request.Version >= 4 ? reader.ReadInt32() : -1, reader.ReadInt64());
                reader.SkipTags();
            }

            reader.SkipTags();
        }

        return wanted;
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
