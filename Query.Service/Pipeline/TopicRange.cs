using Confluent.Kafka;

namespace StockAspire.Query.Pipeline;

/// <summary>Reads a stretch of one partition again, with a reader that the caller owns.</summary>
internal static class TopicRange
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The records of offsets [from, to), ascending; there may be gaps between them. Blocks its thread.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached, or does not answer.</exception>
    public static List<ConsumeResult<byte[], byte[]>> Read(
        IConsumer<byte[], byte[]> consumer, TopicPartition partition, long from, long to, CancellationToken cancellationToken)
    {
        consumer.Assign(new TopicPartitionOffset(partition, from));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = consumer.Consume(Timeout) ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "no answer within 5 s"));
            if (result.IsPartitionEOF || result.Offset.Value >= to)
            {
                return records;
            }

            records.Add(result);
            if (result.Offset.Value == to - 1)
            {
                return records;
            }
        }
    }
}
