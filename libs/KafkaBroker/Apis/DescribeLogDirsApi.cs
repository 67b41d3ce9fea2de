using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Apis;

// DescribeLogDirs (35), versions 1-4, flexible from 2.
// Behaviour: the one data directory with the size of each partition asked for (a null list asks for all); from version 4 also size
// and free space of its file system. Partitions that are not known are left out, as in Kafka.
// Left out: replicas that lag or move (there are none).
internal sealed class DescribeLogDirsApi(TopicCatalog topics, string dataDirectory) : ImmediateApi(ApiKey.DescribeLogDirs, 1, 4, 2)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var found = Read(request) ?? [.. topics.All.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (t, Enumerable.Range(0, t.Partitions.Count).ToArray()))];
        response.WriteInt32(BrokerNode.NoThrottle);
        if (request.Version >= 3)
        {
            response.WriteError(ErrorCode.None);
        }

        response.WriteArrayLength(1);
        response.WriteError(ErrorCode.None);
        response.WriteString(Path.GetFullPath(dataDirectory));
        response.WriteArrayLength(found.Count);
        foreach (var (topic, partitions) in found)
        {
            response.WriteString(topic.Name);
            response.WriteArrayLength(partitions.Length);
            foreach (var partition in partitions)
            {
                response.WriteInt32(partition);
                response.WriteInt64(topic.Partitions[partition].Size);
                response.WriteInt64(0); // lag
                response.WriteBool(false); // not on its way from elsewhere
                response.WriteTags();
            }

            response.WriteTags();
        }

        if (request.Version >= 4)
        {
            var (total, usable) = MeasureDisk();
            response.WriteInt64(total);
            response.WriteInt64(usable);
        }

        response.WriteTags();
        response.WriteTags();
    }

    private List<(Topic Topic, int[] Partitions)>? Read(KafkaRequest request)
    {
        var reader = request.Read();
        var count = reader.ReadNullableArrayLength();
        var found = new List<(Topic, int[])>();
        for (var t = 0; t < count; t++)
        {
            var (name, partitions) = (reader.ReadString(), reader.ReadInt32Array());
            reader.SkipTags();
            if (topics.Find(name) is { } topic && partitions.Where(p => topic.FindPartition(p) is not null).Distinct().ToArray() is { Length: > 0 } known)
            {
                found.Add((topic, known));
            }
        }

        return count < 0 ? null : found;
    }

    private (long Total, long Usable) MeasureDisk()
    {
        try
        {
            var disk = new DriveInfo(Path.GetFullPath(dataDirectory));
            return (disk.TotalSize, disk.AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (-1, -1); // not known
        }
    }
}
