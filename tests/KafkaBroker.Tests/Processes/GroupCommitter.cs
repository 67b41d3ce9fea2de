using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>A member of a group that reads a topic and commits, again and again, and remembers which commits were acknowledged.</summary>
internal sealed class GroupCommitter(string group, string topic, int partitions)
{
    private readonly Lock _gate = new();
    private readonly long[] _acknowledged = new long[partitions];

    public int Commits { get; private set; }

    public string LastError { get; private set; } = "";

    public long[] Acknowledged()
    {
        lock (_gate)
        {
            return [.. _acknowledged];
        }
    }

    public void Run(int port, CancellationToken stop)
    {
        using var consumer = Build(port);
        consumer.Subscribe(topic);
        var position = new Dictionary<TopicPartition, Offset>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                for (var i = 0; i < 50 && consumer.Consume(TimeSpan.FromMilliseconds(20)) is { } result; i++)
                {
                    position[result.TopicPartition] = result.Offset + 1;
                }

                Commit(consumer, position);
            }
            catch (KafkaException e)
            {
                LastError = e.Message;
                // The broker is away, or the group rebalances after its return: what was not acknowledged does not count.
                position.Clear();
            }
        }

        consumer.Close();
    }

    /// <summary>The committed offsets, as a newcomer to the group would find them; 0 where there is none.</summary>
    public long[] Committed(int port)
    {
        using var consumer = Build(port);
        var committed = consumer.Committed(Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p)), TimeSpan.FromSeconds(60));
        return [.. committed.OrderBy(c => c.Partition.Value).Select(c => Math.Max(0, c.Offset.Value))];
    }

    private void Commit(IConsumer<Ignore, Ignore> consumer, Dictionary<TopicPartition, Offset> position)
    {
        if (position.Count == 0)
        {
            return;
        }

        var offsets = position.Select(p => new TopicPartitionOffset(p.Key, p.Value)).ToArray();
        consumer.Commit(offsets);
        position.Clear();
        lock (_gate)
        {
            Commits++;
            foreach (var offset in offsets)
            {
                _acknowledged[offset.Partition.Value] = offset.Offset.Value;
            }
        }
    }

    private IConsumer<Ignore, Ignore> Build(int port) => new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
    {
        BootstrapServers = $"127.0.0.1:{port}",
        GroupId = group,
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        SessionTimeoutMs = 6_000,
        HeartbeatIntervalMs = 200,
        ReconnectBackoffMs = 20,
        ReconnectBackoffMaxMs = 100,
        FetchWaitMaxMs = 50,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
