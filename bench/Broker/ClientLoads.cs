using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StockAspire.Bench.Broker;

/// <summary>
/// Loads of .NET clients: messages of 100 bytes without a key over four partitions, acks=all, idempotent, uncompressed, so that
/// the broker has the most to do. One instance for one broker and one fresh topic.
/// </summary>
internal sealed class ClientLoads(string bootstrapServers, string topic)
{
    public const int PartitionCount = 4;
    public const int MessageSize = 100;

    /// <summary>The mock cluster keeps no more than 5 MiB of a partition: a reader that is further behind loses.</summary>
    private const int InFlightMax = 30_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public async Task CreateTopicAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = PartitionCount, ReplicationFactor = 1 }]);
    }

    public async Task DeleteTopicAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        await admin.DeleteTopicsAsync([topic]);
    }

    /// <summary>Messages per second from the first call to the last acknowledgement, on a connection that is warm.</summary>
    public double Produce(int count)
    {
        using var producer = CreateProducer(linger: 5);
        Send(producer, 1);
        var clock = Stopwatch.StartNew();
        Send(producer, count);
        return count / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Messages per second of one consumer that reads from the beginning; NaN if some do not arrive.</summary>
    public double Consume(int count)
    {
        using var consumer = CreateConsumer();
        var received = 0;
        Receive(consumer, 1, ref received);
        var clock = Stopwatch.StartNew();
        return Receive(consumer, count, ref received) ? (count - 1) / clock.Elapsed.TotalSeconds : double.NaN;
    }

    /// <summary>
    /// Messages per second through a producer and a consumer that run at once, the producer never more than
    /// <see cref="InFlightMax"/> ahead; NaN if some do not arrive.
    /// </summary>
    public double EndToEnd(int count)
    {
        using var producer = CreateProducer(linger: 5);
        using var consumer = CreateConsumer();
        var received = 0;
        Send(producer, 1);
        Receive(consumer, 1, ref received);
        var clock = Stopwatch.StartNew();
        var sender = new Thread(() => Send(producer, count, sent => SpinWait.SpinUntil(() => sent - Volatile.Read(ref received) < InFlightMax, Patience)));
        sender.Start();
        var complete = Receive(consumer, count + 1, ref received);
        var rate = count / clock.Elapsed.TotalSeconds;
        sender.Join();
        return complete ? rate : double.NaN;
    }

    /// <summary>Percentiles, in ms, from the call to its acknowledgement, at a steady rate without lingering.</summary>
    public (double P50, double P99) Latency(int messagesPerSecond, TimeSpan duration)
    {
        using var producer = CreateProducer(linger: 0);
        Send(producer, 1);
        var value = new byte[MessageSize];
        var count = (int)(messagesPerSecond * duration.TotalSeconds);
        var latencies = new double[count];
        var acknowledged = 0;
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < count;)
        {
            var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * messagesPerSecond));
            for (; sent < due; sent++)
            {
                var (index, at) = (sent, Stopwatch.GetTimestamp());
                producer.Produce(topic, new Message<Null, byte[]> { Value = value }, _ =>
                {
                    latencies[index] = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
                    Interlocked.Increment(ref acknowledged);
                });
            }

            Thread.Yield();
        }

        producer.Flush(Patience);
        if (acknowledged != count)
        {
            throw new InvalidOperationException($"{count - acknowledged} of {count} messages were not acknowledged.");
        }

        // The first second finds connections and code cold.
        var warm = latencies[messagesPerSecond..];
        Array.Sort(warm);
        return (warm[warm.Length / 2], warm[warm.Length * 99 / 100]);
    }

    private static bool Receive(IConsumer<Ignore, Ignore> consumer, int count, ref int received)
    {
        var last = Stopwatch.GetTimestamp();
        while (received < count && Stopwatch.GetElapsedTime(last) < Patience)
        {
            if (consumer.Consume(Poll) is not null)
            {
                Volatile.Write(ref received, received + 1);
                last = Stopwatch.GetTimestamp();
            }
        }

        return received >= count;
    }

    private IProducer<Null, byte[]> CreateProducer(double linger) => new ProducerBuilder<Null, byte[]>(new ProducerConfig
    {
        BootstrapServers = bootstrapServers,
        Acks = Acks.All,
        EnableIdempotence = true,
        LingerMs = linger,
        BatchSize = 128 * 1024,
        QueueBufferingMaxMessages = 200_000,
        DeliveryReportFields = "status",
    }).Build();

    /// <summary>A consumer of all partitions from the beginning, without a group's round trips.</summary>
    private IConsumer<Ignore, Ignore> CreateConsumer()
    {
        var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "bench",
            EnableAutoCommit = false,
            FetchQueueBackoffMs = 5,
            ConsumeResultFields = "none",
        }).Build();
        consumer.Assign(Enumerable.Range(0, PartitionCount).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        return consumer;
    }

    private void Send(IProducer<Null, byte[]> producer, int count, Action<int>? wait = null)
    {
        var value = new byte[MessageSize];
        new Random(1).NextBytes(value);
        var message = new Message<Null, byte[]> { Value = value };
        var acknowledged = 0;
        for (var i = 0; i < count;)
        {
            if (i % 1_000 == 0)
            {
                wait?.Invoke(i);
            }

            try
            {
                producer.Produce(topic, message, report => Interlocked.Add(ref acknowledged, report.Error.IsError ? 0 : 1));
                i++;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(1));
            }
        }

        producer.Flush(Patience);
        if (acknowledged != count)
        {
            throw new InvalidOperationException($"{count - acknowledged} of {count} messages were not acknowledged.");
        }
    }
}
