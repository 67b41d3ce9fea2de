using Confluent.Kafka;
using StockAspire.TickStream;

namespace StockAspire.Query.Pipeline;

/// <summary>Where topics end and how far the Sink has come. Thread-safe; one at a time asks, the others wait.</summary>
/// <remarks>
/// By a consumer in the Sink's group, which it never joins, since an admin client does not survive a restart of Kafka: its
/// ListConsumerGroupOffsets ends the process with a failed assertion when an answer follows a timeout (librdkafka #3663), and its ListOffsets
/// keeps asking as of the leader's old epoch, which is refused until metadata is refreshed minutes later.
/// </remarks>
internal sealed class TopicOffsets(KafkaClients clients) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lazy<IConsumer<byte[], byte[]>> _consumer = new(() => clients.CreateReader("stockaspire-query-offsets", ConsumerGroups.Sink));

    /// <summary>Asking blocks a thread: many that wait for Kafka are not to block one each.</summary>
    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>The next offset to be written, by partition.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    public Task<long[]> EndAsync(string topic, int partitions, CancellationToken cancellationToken) =>
        AskAsync(consumer => Watermarks(consumer, topic, partitions, watermarks => watermarks.High), cancellationToken);

    /// <summary>The lowest offset kept, by partition.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    public Task<long[]> BeginningAsync(string topic, int partitions, CancellationToken cancellationToken) =>
        AskAsync(consumer => Watermarks(consumer, topic, partitions, watermarks => watermarks.Low), cancellationToken);

    /// <summary>The next offset that the Sink will store, by partition; -1 where it has committed nothing.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached or refuses.</exception>
    public Task<long[]> CommittedAsync(int partitions, CancellationToken cancellationToken) =>
        AskAsync(
            consumer =>
            {
                var committed = new long[partitions];
                foreach (var partition in consumer.Committed(Enumerable.Range(0, partitions).Select(partition => new TopicPartition(Topics.Ticks, partition)), Timeout))
                {
                    committed[partition.Partition.Value] = Math.Max(-1, partition.Offset.Value);
                }

                return committed;
            },
            cancellationToken);

    public void Dispose()
    {
        // What is being asked ends first.
        _asking.Wait();
        if (_consumer.IsValueCreated)
        {
            _consumer.Value.Dispose();
        }

        _asking.Dispose();
    }

    private static long[] Watermarks(IConsumer<byte[], byte[]> consumer, string topic, int partitions, Func<WatermarkOffsets, Offset> select) =>
        [.. Enumerable.Range(0, partitions).Select(partition => select(consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Timeout)).Value)];

    private async Task<long[]> AskAsync(Func<IConsumer<byte[], byte[]>, long[]> ask, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        return await Task.Run(AskOnThread, CancellationToken.None).WaitAsync(cancellationToken);

        long[] AskOnThread()
        {
            try
            {
                // It has no partitions: this only hands on what it has to say of Kafka.
                _consumer.Value.Consume(TimeSpan.Zero);
                return ask(_consumer.Value);
            }
            finally
            {
                _asking.Release();
            }
        }
    }
}
