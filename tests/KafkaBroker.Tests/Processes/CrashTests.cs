using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>kill -9 of the broker under an idempotent producer with acks=all: nothing acknowledged is lost or doubled, order holds.</summary>
public sealed class CrashTests
{
    private const int Crashes = 4;
    private const int Partitions = 3;

    [Theory]
    [InlineData("none")]
    [InlineData("commit")]
    public async Task Nothing_acknowledged_is_lost_or_doubled_by_kill_9(string fsync)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("STOCKASPIRE_SEED"), out var given) ? given : Environment.TickCount;
        var random = new Random(seed);
        using var data = new TemporaryDirectory();
        var port = BrokerProcess.FreePort();
        var broker = await BrokerProcess.StartAsync(port, data.Path, fsync);
        try
        {
            await CreateTopicAsync(port);
            using var stop = new CancellationTokenSource();
            var acknowledged = new ConcurrentBag<(int Partition, long Offset, int Number)>();
            var sent = new int[Partitions];
            var producing = Task.Run(() => Produce(port, sent, acknowledged, stop.Token), CancellationToken.None);
            for (var crash = 0; crash < Crashes; crash++)
            {
                var wanted = acknowledged.Count + random.Next(500, 3000);
                await UntilAsync(() => acknowledged.Count >= wanted);
                await broker.KillAsync();
                broker.Dispose();
                broker = await BrokerProcess.StartAsync(port, data.Path, fsync);
            }

            var beforeLast = acknowledged.Count;
            await UntilAsync(() => acknowledged.Count > beforeLast);
            await stop.CancelAsync();
            await producing;
            Check(port, sent, acknowledged, seed);
        }
        finally
        {
            broker.Dispose();
        }
    }

    /// <summary>Sends numbers in order to each partition until told to stop, then waits for all acknowledgements.</summary>
    private static void Produce(int port, int[] sent, ConcurrentBag<(int, long, int)> acknowledged, CancellationToken stop)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = $"127.0.0.1:{port}",
            EnableIdempotence = true,
            Acks = Acks.All,
            MessageTimeoutMs = 0,
            LingerMs = 1,
            ReconnectBackoffMaxMs = 200,
        };
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        while (!stop.IsCancellationRequested)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                var number = sent[partition]++;
                var message = new Message<Null, string> { Value = number.ToString(CultureInfo.InvariantCulture) };
                producer.Produce(new TopicPartition("t", partition), message, report =>
                {
                    if (!report.Error.IsError)
                    {
                        acknowledged.Add((report.Partition.Value, report.Offset.Value, number));
                    }
                });
            }

            producer.Poll(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
    }

    private static void Check(int port, int[] sent, ConcurrentBag<(int Partition, long Offset, int Number)> acknowledged, int seed)
    {
        Assert.Equal(sent.Sum(), acknowledged.Count);
        Assert.All(acknowledged, a => Assert.True(a.Offset == a.Number, $"seed {seed}: number {a.Number} of partition {a.Partition} was acknowledged at offset {a.Offset}"));
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = $"127.0.0.1:{port}", GroupId = "check" }).Build();
        for (var partition = 0; partition < Partitions; partition++)
        {
            consumer.Assign(new TopicPartitionOffset("t", partition, 0));
            for (var number = 0; number < sent[partition]; number++)
            {
                var result = consumer.Consume(TimeSpan.FromSeconds(20));
                Assert.True(result?.Message.Value == number.ToString(CultureInfo.InvariantCulture), $"seed {seed}: partition {partition} has {result?.Message.Value} at {number}");
            }

            Assert.Equal(sent[partition], consumer.QueryWatermarkOffsets(new("t", partition), TimeSpan.FromSeconds(20)).High.Value);
        }
    }

    private static async Task CreateTopicAsync(int port)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = $"127.0.0.1:{port}" }).Build();
        await admin.CreateTopicsAsync([new() { Name = "t", NumPartitions = Partitions, Configs = new() { ["segment.bytes"] = "65536" } }]);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
