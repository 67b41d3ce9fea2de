using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>What administrators do: settings, sizes, offsets of groups; and what they rely on of the log.</summary>
public abstract partial class KafkaContract
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Offsets_are_found_by_time_inside_batches_of_every_codec(CompressionType codec)
    {
        await CreateAsync(1);
        using var producer = Producer(codec);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => producer.ProduceAsync(_topic, new()
        {
            Key = Text(i),
            Value = new string('x', 100),
            Timestamp = new Timestamp(1_700_000_000_000 + 10 * i, TimestampType.CreateTime),
        })));
        using var consumer = Consumer();
        foreach (var i in new[] { 0, 1, 57, 142, 199 })
        {
            var wanted = new TopicPartitionTimestamp(_topic, 0, new Timestamp(1_700_000_000_000 + 10 * i - 5, TimestampType.CreateTime));
            Assert.Equal(i, consumer.OffsetsForTimes([wanted], Patience)[0].Offset.Value);
        }
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_record_without_key_is_noticed_in_a_compacted_topic_in_every_codec(CompressionType codec)
    {
        await CreateAsync(1, ("cleanup.policy", "compact"));
        using var producer = Producer(codec);
        await producer.ProduceAsync(_topic, new() { Key = "k", Value = new string('x', 1_000) });
        var refused = await Assert.ThrowsAsync<ProduceException<string, string>>(() => producer.ProduceAsync(_topic, new() { Key = null!, Value = new string('x', 1_000) }));
        Assert.Equal(ErrorCode.InvalidRecord, refused.Error.Code);
    }

    [Fact]
    public async Task AlterConfigs_sets_what_it_names_and_resets_the_rest()
    {
        await CreateAsync(1, ("retention.ms", "1000000"), ("segment.ms", "2000000"));
        using var admin = Admin();
        var topic = new ConfigResource { Type = ResourceType.Topic, Name = _topic };
        await admin.AlterConfigsAsync(new() { [topic] = [new() { Name = "retention.ms", Value = "3000000" }] });
        await Eventually.TrueAsync("both configs", async () => (await admin.DescribeConfigsAsync([topic]))[0].Entries is var entries
            && entries["retention.ms"].Value == "3000000"
            && entries["segment.ms"].Value == "604800000");
        await Assert.ThrowsAsync<AlterConfigsException>(() => admin.AlterConfigsAsync(new() { [topic] = [new() { Name = "retention.ms", Value = "soon" }] }));
        Assert.Equal("3000000", (await admin.DescribeConfigsAsync([topic]))[0].Entries["retention.ms"].Value);
    }

    [Fact]
    public async Task Offsets_of_a_topic_that_a_member_consumes_cannot_be_deleted_and_others_can()
    {
        await CreateAsync(2);
        using var admin = Admin();
        using (var consumer = Consumer())
        {
            consumer.Subscribe(_topic);
            PollUntil(() => consumer.Assignment.Count == 2, consumer);
            consumer.Commit([new TopicPartitionOffset(_topic, 0, 7), new TopicPartitionOffset(_topic, 1, 8)]);
            var busy = await Assert.ThrowsAsync<DeleteConsumerGroupOffsetsException>(() => admin.DeleteConsumerGroupOffsetsAsync(_group, [new TopicPartition(_topic, 0)]));
            Assert.Equal(ErrorCode.GroupSubscribedToTopic, busy.Result.Partitions[0].Error.Code);
            consumer.Close();
        }

        await admin.DeleteConsumerGroupOffsetsAsync(_group, [new TopicPartition(_topic, 0)]);
        var left = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(_group, null)]))[0];
        Assert.Equal((1, 8), (Assert.Single(left.Partitions).Partition.Value, left.Partitions[0].Offset.Value));
        await Assert.ThrowsAnyAsync<KafkaException>(() => admin.DeleteConsumerGroupOffsetsAsync(_group + "x", [new TopicPartition(_topic, 0)]));
    }

    [Fact]
    public async Task DescribeLogDirs_tells_the_bytes_of_each_partition()
    {
        await CreateAsync(2);
        using var client = await ConnectAsync();
        var batch = OneRecord();
        Assert.Equal(0, (await ProduceAsync(client, batch, partition: 1)).Error);
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(35, 1) + Wire.Array(Wire.String(_topic) + Wire.Array(Wire.I32(0), Wire.I32(1), Wire.I32(5)))));
        answer.I32(); // throttle
        var folder = Assert.Single(answer.Array(() => (Error: answer.I16(), Path: answer.String(), Topics: answer.Array(() => (answer.String(), Partitions: answer.Array(() =>
            (Index: answer.I32(), Size: answer.I64(), Lag: answer.I64(), IsFuture: answer.I8())))))));
        Assert.True(answer.AtEnd);
        Assert.Equal(0, folder.Error);
        Assert.Equal<(int, long)>([(0, 0), (1, batch.Length)], [.. Assert.Single(folder.Topics).Partitions.Select(p => (p.Index, p.Size)).Order()]);
    }
}
