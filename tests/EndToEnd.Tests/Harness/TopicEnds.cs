using Confluent.Kafka;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>Where the partitions of topic ticks end, asked of Kafka itself: the services' own figures may be half a second old.</summary>
internal static class TopicEnds
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Dictionary<int, long> Read(string bootstrapServers)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "ends" }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return admin.GetMetadata("ticks", Limit).Topics[0].Partitions.ToDictionary(
            partition => partition.PartitionId,
            partition => consumer.QueryWatermarkOffsets(new TopicPartition("ticks", partition.PartitionId), Limit).High.Value);
    }
}
