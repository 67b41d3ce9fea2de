using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>
/// What the project relies on in a Kafka, as tests that any Kafka must pass. The embedded broker always runs it; the real Apache
/// Kafka does where it is at hand: where the two differ, the embedded one is wrong or the gap is listed in docs/broker.md.
/// </summary>
public abstract partial class KafkaContract(IRestartableKafkaFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _topic = "t-" + Guid.NewGuid().ToString("N");
    private readonly string _group = "g-" + Guid.NewGuid().ToString("N");

    private string Servers
    {
        get
        {
            Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
            return fixture.BootstrapServers;
        }
    }

    [Fact]
    public async Task Records_come_back_in_order_with_key_headers_and_time()
    {
        await CreateAsync(1);
        await ProduceAsync(0, 500);
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        for (var i = 0; i < 500; i++)
        {
            var result = consumer.Consume(Patience);
            Assert.NotNull(result);
            Assert.Equal((i, Text(i), Text(i)), (result.Offset.Value, result.Message.Key, result.Message.Value));
            Assert.Equal(1_700_000_000_000 + i, result.Message.Timestamp.UnixTimestampMs);
            Assert.Equal([1, 2, 3], result.Message.Headers.GetLastBytes("h"));
        }
    }

    [Fact]
    public async Task A_topic_is_made_once_grows_and_goes()
    {
        using var admin = Admin();
        await CreateAsync(2);
        var twice = await Assert.ThrowsAsync<CreateTopicsException>(() => CreateAsync(2));
        Assert.Equal(ErrorCode.TopicAlreadyExists, twice.Results[0].Error.Code);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = _topic, IncreaseTo = 3 }]);
        var fewer = await Assert.ThrowsAsync<CreatePartitionsException>(() => admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = _topic, IncreaseTo = 1 }]));
        Assert.Equal(ErrorCode.InvalidPartitions, fewer.Results[0].Error.Code);
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([_topic]));
        Assert.NotEqual((0, 0), (described.TopicDescriptions[0].TopicId.MostSignificantBits, described.TopicDescriptions[0].TopicId.LeastSignificantBits));
        await admin.DeleteTopicsAsync([_topic]);
        var gone = await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync([_topic]));
        Assert.Equal(ErrorCode.UnknownTopicOrPart, gone.Results[0].Error.Code);
    }

    [Theory]
    [InlineData("no.such.setting", "1")]
    [InlineData("retention.ms", "soon")]
    [InlineData("cleanup.policy", "shred")]
    [InlineData("segment.bytes", "-1")]
    public async Task A_bad_setting_is_refused(string name, string value)
    {
        var refused = await Assert.ThrowsAsync<CreateTopicsException>(() => CreateAsync(1, (name, value)));
        Assert.Equal(ErrorCode.InvalidConfig, refused.Results[0].Error.Code);
    }

    [Theory]
    [InlineData("a b", 1, 1, ErrorCode.TopicException)]
    [InlineData("ok", 0, 1, ErrorCode.InvalidPartitions)]
    [InlineData("ok", 1, 3, ErrorCode.InvalidReplicationFactor)]
    public async Task A_bad_topic_is_refused(string suffix, int partitions, short replicas, ErrorCode expected)
    {
        using var admin = Admin();
        var refused = await Assert.ThrowsAsync<CreateTopicsException>(
            () => admin.CreateTopicsAsync([new() { Name = _topic + suffix, NumPartitions = partitions, ReplicationFactor = replicas }]));
        Assert.Equal(expected, refused.Results[0].Error.Code);
    }

    [Fact]
    public async Task A_record_that_is_too_large_and_one_without_key_in_a_compacted_topic_are_refused()
    {
        await CreateAsync(1, ("max.message.bytes", "2000"), ("cleanup.policy", "compact"));
        using var producer = Producer(CompressionType.None);
        var large = await Assert.ThrowsAsync<ProduceException<string, string>>(() => producer.ProduceAsync(_topic, new() { Key = "k", Value = new string('x', 5000) }));
        Assert.Equal(ErrorCode.MsgSizeTooLarge, large.Error.Code);
        using var other = Producer();
        var keyless = await Assert.ThrowsAsync<ProduceException<string, string>>(() => other.ProduceAsync(_topic, new() { Key = null!, Value = "v" }));
        Assert.Equal(ErrorCode.InvalidRecord, keyless.Error.Code);
    }

    [Fact]
    public async Task Offsets_are_found_by_time_and_deleted_records_move_the_start()
    {
        await CreateAsync(1);
        await ProduceAsync(0, 100);
        using var consumer = Consumer();
        var partition = new TopicPartition(_topic, 0);
        Assert.Equal((0, 100), Watermarks());
        Assert.Equal(42, consumer.OffsetsForTimes([new(partition, new Timestamp(1_700_000_000_042, TimestampType.CreateTime))], Patience)[0].Offset.Value);
        Assert.Equal(Offset.End, consumer.OffsetsForTimes([new(partition, new Timestamp(1_900_000_000_000, TimestampType.CreateTime))], Patience)[0].Offset);
        using var admin = Admin();
        Assert.Equal(30, (await admin.DeleteRecordsAsync([new TopicPartitionOffset(partition, 30)]))[0].Offset.Value);
        Assert.Equal((30, 100), Watermarks());

        (long, long) Watermarks()
        {
            var marks = consumer.QueryWatermarkOffsets(partition, Patience);
            return (marks.Low.Value, marks.High.Value);
        }
    }

    [Fact]
    public async Task A_fetch_beyond_the_end_resets_as_configured()
    {
        await CreateAsync(1);
        await ProduceAsync(0, 10);
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, 1000));
        Assert.Equal(0, consumer.Consume(Patience)!.Offset.Value);
    }

    [Fact]
    public async Task Log_append_time_replaces_the_producers_time()
    {
        await CreateAsync(1, ("message.timestamp.type", "LogAppendTime"));
        await ProduceAsync(0, 1);
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, 0));
        var time = consumer.Consume(Patience)!.Message.Timestamp;
        Assert.Equal(TimestampType.LogAppendTime, time.Type);
        Assert.True(time.UnixTimestampMs > 1_750_000_000_000);
    }

    [Fact]
    public async Task Committed_offsets_carry_metadata_and_groups_are_deleted_only_when_empty()
    {
        await CreateAsync(2);
        using var admin = Admin();
        using (var consumer = Consumer())
        {
            consumer.Subscribe(_topic);
            PollUntil(() => consumer.Assignment.Count == 2, consumer);
            consumer.Commit([new TopicPartitionOffset(_topic, 1, 7)]);
            var busy = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync([_group]));
            Assert.Equal(ErrorCode.NonEmptyGroup, busy.Results[0].Error.Code);
            consumer.Close();
        }

        var offsets = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(_group, null)]))[0];
        Assert.Equal(7, Assert.Single(offsets.Partitions).Offset.Value);
        await admin.DeleteGroupsAsync([_group]);
        var unknown = await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync([_group]));
        Assert.Equal(ErrorCode.GroupIdNotFound, unknown.Results[0].Error.Code);
    }

    [Fact]
    public async Task Static_member_comes_back_to_its_partitions_and_its_double_is_fenced()
    {
        await CreateAsync(4);
        using var stays = Consumer(c => c.GroupInstanceId = "stays");
        using var old = Consumer(c => c.GroupInstanceId = "returns");
        stays.Subscribe(_topic);
        old.Subscribe(_topic);
        PollUntil(() => stays.Assignment.Count == 2 && old.Assignment.Count == 2, stays, old);
        using var back = Consumer(c => c.GroupInstanceId = "returns");
        back.Subscribe(_topic);
        PollUntil(() => back.Assignment.Count == 2, stays, back);
        Assert.Equal(2, stays.Assignment.Count);
        var fenced = Assert.Throws<ConsumeException>(() => PollUntil(() => false, old));
        Assert.Equal(ErrorCode.FencedInstanceId, fenced.Error.Code);
    }

    private static string Text(int i) => i.ToString(CultureInfo.InvariantCulture);

    private static void PollUntil(Func<bool> condition, params IConsumer<string, string>[] consumers)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, "The condition did not come about in time.");
            foreach (var consumer in consumers)
            {
                consumer.Consume(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private async Task CreateAsync(int partitions, params (string Name, string Value)[] settings)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync([new() { Name = _topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = settings.ToDictionary(s => s.Name, s => s.Value) }]);
    }

    private async Task ProduceAsync(int from, int to)
    {
        using var producer = Producer();
        await Task.WhenAll(Enumerable.Range(from, to - from).Select(i => producer.ProduceAsync(_topic, new()
        {
            Key = Text(i),
            Value = Text(i),
            Timestamp = new Timestamp(1_700_000_000_000 + i, TimestampType.CreateTime),
            Headers = new Headers { { "h", [1, 2, 3] } },
        })));
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Servers }).Build();

    private IProducer<string, string> Producer(CompressionType compression = CompressionType.Lz4) => new ProducerBuilder<string, string>(new ProducerConfig
    {
        BootstrapServers = Servers,
        EnableIdempotence = true,
        CompressionType = compression,
    }).Build();

    private IConsumer<string, string> Consumer(Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = Servers,
            GroupId = _group,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
            SessionTimeoutMs = 6000,
            HeartbeatIntervalMs = 300,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string, string>(config).Build();
    }
}
