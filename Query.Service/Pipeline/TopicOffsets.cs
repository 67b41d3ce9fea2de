using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.TickStream;

namespace StockAspire.Query.Pipeline;

/// <summary>Where topics end and how far the Sink has come: one request each, whatever the number of partitions. Thread-safe.</summary>
internal sealed class TopicOffsets(KafkaClients clients) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lazy<IAdminClient> _admin = new(() => clients.CreateAdmin("stockaspire-query-offsets"));

    /// <summary>The next offset to be written, by partition.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    public Task<long[]> EndAsync(string topic, int partitions, CancellationToken cancellationToken) =>
        ListAsync(topic, partitions, OffsetSpec.Latest(), cancellationToken);

    /// <summary>The lowest offset kept, by partition.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    public Task<long[]> BeginningAsync(string topic, int partitions, CancellationToken cancellationToken) =>
        ListAsync(topic, partitions, OffsetSpec.Earliest(), cancellationToken);

    /// <summary>The next offset that the Sink will store, by partition; -1 where it has committed nothing.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    public async Task<long[]> CommittedAsync(int partitions, CancellationToken cancellationToken)
    {
        var asked = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(Topics.Ticks, partition)).ToList();
        var answers = await _admin.Value.ListConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitions(ConsumerGroups.Sink, asked)],
            new ListConsumerGroupOffsetsOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken);
        var committed = new long[partitions];
        foreach (var partition in answers[0].Partitions)
        {
            if (partition.Error.IsError)
            {
                throw new KafkaException(partition.Error);
            }

            committed[partition.Partition.Value] = Math.Max(-1, partition.Offset.Value);
        }

        return committed;
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }

    private async Task<long[]> ListAsync(string topic, int partitions, OffsetSpec spec, CancellationToken cancellationToken)
    {
        var asked = Enumerable.Range(0, partitions)
            .Select(partition => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition), OffsetSpec = spec });
        var answer = await _admin.Value.ListOffsetsAsync(asked, new ListOffsetsOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken);
        var offsets = new long[partitions];
        foreach (var result in answer.ResultInfos)
        {
            var offset = result.TopicPartitionOffsetError;
            if (offset.Error.IsError)
            {
                throw new KafkaException(offset.Error);
            }

            offsets[offset.Partition.Value] = offset.Offset.Value;
        }

        return offsets;
    }
}
