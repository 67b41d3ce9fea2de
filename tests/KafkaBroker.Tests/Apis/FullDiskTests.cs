using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>What clients are told by a broker whose disk is full, and that it recovers by itself.</summary>
public sealed class FullDiskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Full_disk_is_told_with_error_56_reads_go_on_and_deleting_a_topic_makes_room()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 8);
        await using var broker = await EmbeddedBroker.StartAsync(o => o.DataDirectory = disk.Path);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new() { Name = "t", NumPartitions = 1 }, new() { Name = "ballast", NumPartitions = 1 }]);
        var sent = await ProduceUntilRefusedAsync(broker, "t", sizeMax: 100, recordSize: 20_000);
        Assert.Equal(100, sent.Count);
        var ballast = await ProduceUntilRefusedAsync(broker, "ballast", int.MaxValue, recordSize: 100_000);
        disk.Fill();
        ballast.AddRange(await ProduceUntilRefusedAsync(broker, "ballast", int.MaxValue, recordSize: 100));
        Assert.StartsWith("The last write of", broker.Server.FindProblem(), StringComparison.Ordinal);

        var create = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new() { Name = "new", NumPartitions = 1 }]));
        Assert.Equal(ErrorCode.KafkaStorageError, create.Results[0].Error.Code);
        var more = await Assert.ThrowsAsync<CreatePartitionsException>(() => admin.CreatePartitionsAsync([new() { Topic = "t", IncreaseTo = 3 }]));
        Assert.Equal(ErrorCode.KafkaStorageError, more.Results[0].Error.Code);
        var alter = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => admin.IncrementalAlterConfigsAsync(new()
        {
            [new() { Type = ResourceType.Topic, Name = "t" }] = [new() { Name = "retention.ms", Value = "77777", IncrementalOperation = AlterConfigOpType.Set }],
        }));
        Assert.Equal(ErrorCode.KafkaStorageError, alter.Results[0].Error.Code);

        // Also a broker that starts on a full disk serves what it has.
        await broker.RestartAsync();
        Check("t", sent);
        Check("ballast", ballast);
        await admin.DeleteTopicsAsync(["ballast"]);
        Assert.Single(Directory.GetDirectories(Path.Combine(disk.Path, "topics")));
        sent.AddRange(await ProduceUntilRefusedAsync(broker, "t", sizeMax: 50, recordSize: 20_000));
        Assert.Equal(150, sent.Count);
        Check("t", sent);

        void Check(string topic, List<long> expected)
        {
            using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "g", EnablePartitionEof = true }).Build();
            consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
            var offsets = new List<long>();
            for (var result = consumer.Consume(Patience); !result.IsPartitionEOF; result = consumer.Consume(Patience))
            {
                offsets.Add(result.Offset.Value);
            }

            Assert.Equal(expected, offsets);
        }
    }

    [Fact]
    public async Task Commit_that_a_full_disk_refuses_is_told_with_error_16_and_succeeds_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 8);
        await using var broker = await EmbeddedBroker.StartAsync(o => o.DataDirectory = disk.Path);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new() { Name = "t", NumPartitions = 1 }]);
        disk.Fill();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        string answer;
        var commits = 0;
        do
        {
            answer = await client.AskAsync("0008 0002 00000007 ffff" + "0001 67 ffffffff 0000 ffffffffffffffff 00000001 0001 74 00000001 00000000 000000000000002a ffff");
            Assert.True(commits++ < 1000);
        }
        while (answer.EndsWith("00000000" + "0000", StringComparison.Ordinal)); // some fit into the file's last block

        Assert.EndsWith("00000000" + "0010", answer, StringComparison.Ordinal);
        disk.MakeRoom();
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "g" }).Build();
        consumer.Commit([new TopicPartitionOffset("t", 0, 43)]);
        Assert.Equal(43, consumer.Committed([new TopicPartition("t", 0)], Patience)[0].Offset.Value);
    }

    /// <summary>Sends one record after the other; the offsets of those that were acknowledged before the first that was refused for want of space.</summary>
    private static async Task<List<long>> ProduceUntilRefusedAsync(EmbeddedBroker broker, string topic, int sizeMax, int recordSize)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, MessageSendMaxRetries = 0, LingerMs = 0 }).Build();
        var offsets = new List<long>();
        while (offsets.Count < sizeMax)
        {
            try
            {
                offsets.Add((await producer.ProduceAsync(topic, new() { Value = new byte[recordSize] })).Offset.Value);
            }
            catch (ProduceException<Null, byte[]> e)
            {
                Assert.Equal(ErrorCode.KafkaStorageError, e.Error.Code);
                break;
            }
        }

        return offsets;
    }
}
