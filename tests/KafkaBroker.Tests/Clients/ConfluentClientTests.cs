using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>Confluent.Kafka (librdkafka), as the services use it.</summary>
public sealed class ConfluentClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void Client_library_is_the_one_of_the_package() => Assert.StartsWith("2.16", Library.VersionString, StringComparison.Ordinal);

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Idempotent_producer_to_consumer_keeps_order_keys_headers_and_timestamps(CompressionType compression)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 1);
        using (var producer = Producer(broker, c => c.CompressionType = compression))
        {
            for (var i = 0; i < 1000; i++)
            {
                producer.Produce("t", Message(i));
            }

            producer.Flush(Patience);
        }

        using var consumer = Consumer(broker, "g");
        consumer.Assign(new TopicPartitionOffset("t", 0, Offset.Beginning));
        for (var i = 0; i < 1000; i++)
        {
            var result = consumer.Consume(Patience);
            Assert.NotNull(result);
            Assert.Equal(i, result.Offset.Value);
            Assert.Equal("k" + i, result.Message.Key);
            Assert.Equal("value " + i, result.Message.Value);
            Assert.Equal(1_700_000_000_000 + i, result.Message.Timestamp.UnixTimestampMs);
            Assert.Equal(BitConverter.GetBytes(i), result.Message.Headers.GetLastBytes("h"));
        }
    }

    [Fact]
    public async Task Committed_offsets_survive_a_restart_and_the_group_goes_on_from_them()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 2);
        using var producer = Producer(broker);
        await ProduceAsync(producer, "t", 0, 100);
        using (var consumer = Consumer(broker, "g"))
        {
            consumer.Subscribe("t");
            for (var i = 0; i < 60; i++)
            {
                Assert.NotNull(consumer.Consume(Patience));
            }

            consumer.Commit();
            consumer.Close();
        }

        await broker.RestartAsync();
        using var second = Consumer(broker, "g");
        second.Subscribe("t");
        for (var i = 60; i < 100; i++)
        {
            Assert.NotNull(second.Consume(Patience));
        }

        Assert.Null(second.Consume(TimeSpan.FromMilliseconds(500)));
        using var admin = Admin(broker);
        second.Commit();
        var groups = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions("g", null)]);
        Assert.Equal(100, groups[0].Partitions.Sum(p => p.Offset.Value));
        second.Close();
    }

    [Fact]
    public async Task Two_members_share_the_partitions_and_the_rest_goes_to_the_one_that_stays()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 4);
        using var first = Consumer(broker, "g");
        using var second = Consumer(broker, "g");
        first.Subscribe("t");
        second.Subscribe("t");
        PollUntil([first, second], () => first.Assignment.Count == 2 && second.Assignment.Count == 2);
        second.Close();
        PollUntil([first], () => first.Assignment.Count == 4);
        first.Close();
    }

    [Fact]
    public async Task Static_member_that_restarts_in_time_keeps_its_partitions_without_a_rebalance()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 4);
        var rebalances = 0;
        using var stays = Consumer(broker, "g", c => c.GroupInstanceId = "stays", () => rebalances++);
        var leaves = Consumer(broker, "g", c => c.GroupInstanceId = "leaves");
        stays.Subscribe("t");
        leaves.Subscribe("t");
        PollUntil([stays, leaves], () => stays.Assignment.Count == 2 && leaves.Assignment.Count == 2);
        var before = rebalances;
        var kept = leaves.Assignment;

        // A static member does not leave the group when it closes: it may come back.
        leaves.Close();
        leaves.Dispose();
        using var back = Consumer(broker, "g", c => c.GroupInstanceId = "leaves");
        back.Subscribe("t");
        PollUntil([stays, back], () => back.Assignment.Count == 2);
        Assert.Equal(kept.ToHashSet(), [.. back.Assignment]);
        Assert.Equal(before, rebalances);
    }

    [Fact]
    public async Task Static_member_that_stays_away_loses_its_partitions_after_the_session_timeout()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 4);
        using var stays = Consumer(broker, "g", c => c.GroupInstanceId = "stays");
        using (var leaves = Consumer(broker, "g", c => (c.GroupInstanceId, c.SessionTimeoutMs) = ("leaves", 2000)))
        {
            stays.Subscribe("t");
            leaves.Subscribe("t");
            PollUntil([stays, leaves], () => stays.Assignment.Count == 2 && leaves.Assignment.Count == 2);
            leaves.Close();
        }

        PollUntil([stays], () => stays.Assignment.Count == 4);
    }

    [Fact]
    public async Task Admin_calls_create_describe_grow_alter_and_delete_a_topic()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "t", NumPartitions = 3, ReplicationFactor = 1, Configs = new() { ["cleanup.policy"] = "compact" } }]);
        var exists = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = "t", NumPartitions = 3 }]));
        Assert.Equal(ErrorCode.TopicAlreadyExists, exists.Results[0].Error.Code);

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "t", IncreaseTo = 5 }]);
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["t"]));
        Assert.Equal(5, described.TopicDescriptions[0].Partitions.Count);
        var id = described.TopicDescriptions[0].TopicId;
        Assert.NotEqual(0, id.MostSignificantBits);

        var resource = new ConfigResource { Type = ResourceType.Topic, Name = "t" };
        await admin.IncrementalAlterConfigsAsync(new() { [resource] = [new ConfigEntry { Name = "retention.ms", Value = "1234", IncrementalOperation = AlterConfigOpType.Set }] });
        var configs = await admin.DescribeConfigsAsync([resource]);
        Assert.Equal("1234", configs[0].Entries["retention.ms"].Value);
        Assert.Equal("compact", configs[0].Entries["cleanup.policy"].Value);
        Assert.True(configs[0].Entries["segment.bytes"].IsDefault);

        await broker.RestartAsync();
        Assert.Equal(id.ToString(), (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["t"]))).TopicDescriptions[0].TopicId.ToString());
        Assert.Equal("1234", (await admin.DescribeConfigsAsync([resource]))[0].Entries["retention.ms"].Value);

        await admin.DeleteTopicsAsync(["t"]);
        Assert.Empty(Directory.GetDirectories(Path.Combine(broker.DataDirectory, "topics")));
        var cluster = await admin.DescribeClusterAsync();
        Assert.Single(cluster.Nodes);
        Assert.Equal(broker.Server.Port, cluster.Controller.Port);
    }

    [Fact]
    public async Task List_offsets_finds_earliest_latest_and_by_time()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 1);
        using var producer = Producer(broker);
        await ProduceAsync(producer, "t", 0, 100);
        using var admin = Admin(broker);
        Assert.Equal((0, -1), await ListAsync(OffsetSpec.Earliest()));
        Assert.Equal((100, -1), await ListAsync(OffsetSpec.Latest()));
        Assert.Equal((42, 1_700_000_000_042), await ListAsync(OffsetSpec.ForTimestamp(1_700_000_000_042)));
        Assert.Equal((99, 1_700_000_000_099), await ListAsync(OffsetSpec.MaxTimestamp()));
        await admin.DeleteRecordsAsync([new TopicPartitionOffset("t", 0, 50)]);
        Assert.Equal((50, -1), await ListAsync(OffsetSpec.Earliest()));

        async Task<(long Offset, long Timestamp)> ListAsync(OffsetSpec spec)
        {
            var listed = await admin.ListOffsetsAsync([new TopicPartitionOffsetSpec { TopicPartition = new("t", 0), OffsetSpec = spec }]);
            return (listed.ResultInfos[0].TopicPartitionOffsetError.Offset.Value, listed.ResultInfos[0].Timestamp);
        }
    }

    [Fact]
    public async Task Groups_are_listed_described_and_deleted()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await CreateTopicAsync(broker, "t", 2);
        using var admin = Admin(broker);
        using (var consumer = Consumer(broker, "g", c => c.GroupInstanceId = "one"))
        {
            consumer.Subscribe("t");
            PollUntil([consumer], () => consumer.Assignment.Count == 2);
            Assert.Contains((await admin.ListConsumerGroupsAsync()).Valid, g => g.GroupId == "g" && g.State == ConsumerGroupState.Stable);
            var group = (await admin.DescribeConsumerGroupsAsync(["g"])).ConsumerGroupDescriptions[0];
            Assert.Equal(ConsumerGroupState.Stable, group.State);
            Assert.Equal("range", group.PartitionAssignor);
            Assert.Equal("one", Assert.Single(group.Members).GroupInstanceId);
            Assert.Equal(2, group.Members[0].Assignment.TopicPartitions.Count);
            consumer.Commit([new TopicPartitionOffset("t", 0, 0)]);
            await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync(["g"]));
            consumer.Unsubscribe();
        }
    }

    [Fact]
    public async Task Transactions_are_refused_at_once()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var producer = Producer(broker, c => c.TransactionalId = "x");
        var refused = Assert.Throws<KafkaException>(() => producer.InitTransactions(Patience));
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, refused.Error.Code);
    }

    private static Message<string, string> Message(int i) => new()
    {
        Key = "k" + i.ToString(CultureInfo.InvariantCulture),
        Value = "value " + i.ToString(CultureInfo.InvariantCulture),
        Timestamp = new Timestamp(1_700_000_000_000 + i, TimestampType.CreateTime),
        Headers = new Headers { { "h", BitConverter.GetBytes(i) } },
    };

    private static async Task ProduceAsync(IProducer<string, string> producer, string topic, int from, int to) =>
        await Task.WhenAll(Enumerable.Range(from, to - from).Select(i => producer.ProduceAsync(topic, Message(i))));

    private static IProducer<string, string> Producer(EmbeddedBroker broker, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig { BootstrapServers = broker.BootstrapServers, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5 };
        configure?.Invoke(config);
        return new ProducerBuilder<string, string>(config).Build();
    }

    private static IConsumer<string, string> Consumer(EmbeddedBroker broker, string group, Action<ConsumerConfig>? configure = null, Action? onAssigned = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            SessionTimeoutMs = 6000,
            HeartbeatIntervalMs = 200,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string, string>(config).SetPartitionsAssignedHandler((_, _) => onAssigned?.Invoke()).Build();
    }

    private static IAdminClient Admin(EmbeddedBroker broker) => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();

    private static async Task CreateTopicAsync(EmbeddedBroker broker, string name, int partitions)
    {
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }]);
    }

    private static void PollUntil(IConsumer<string, string>[] consumers, Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "The condition did not come about in time.");
            foreach (var consumer in consumers)
            {
                consumer.Consume(TimeSpan.FromMilliseconds(50));
            }
        }

    }
}
