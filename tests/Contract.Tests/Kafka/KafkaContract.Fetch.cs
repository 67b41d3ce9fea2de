using System.Buffers.Binary;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Fetching, request by request: waiting, limits, offsets that are not there; finding offsets.</summary>
public abstract partial class KafkaContract
{
    private const short OffsetOutOfRange = 1;
    private const short UnknownLeaderEpoch = 75;

    /// <summary>Longer than the raw client waits: an answer within a test is one that was woken.</summary>
    private const int LongWaitMs = 120_000;

    [Fact]
    public async Task A_fetch_at_the_end_is_woken_by_an_append()
    {
        using var reader = await ConnectAsync();
        using var writer = await ConnectAsync();
        await CreateAsync(2);
        await reader.SendAsync(FetchRequest(LongWaitMs, 1, 1 << 20, _topic, (0, 0, 1 << 20, -1), (1, 0, 1 << 20, -1)));
        await ProduceAsync(writer, OneRecord(), partition: 1);
        var fetched = ReadFetched((await reader.ReceiveAsync())!);
        Assert.Equal([(0, 0), (1, OneRecord().Length)], fetched.Select(p => (p.HighWatermark, p.Records.Length)));
    }

    [Fact]
    public async Task A_fetch_waits_for_as_many_bytes_as_it_asks_for()
    {
        using var reader = await ConnectAsync();
        using var writer = await ConnectAsync();
        await CreateAsync(1);
        await reader.SendAsync(FetchRequest(LongWaitMs, OneRecord().Length + 1, 1 << 20, _topic, (0, 0, 1 << 20, -1)));
        await ProduceAsync(writer, OneRecord());
        await ProduceAsync(writer, OneRecord());
        Assert.Equal(2, BatchesIn(ReadFetched((await reader.ReceiveAsync())!)[0].Records).Count);
    }

    [Fact]
    public async Task A_fetch_is_answered_with_what_there_is_when_its_time_is_over()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        Assert.Equal((0, 0), await EmptyAsync(300));
        await ProduceAsync(client, OneRecord());
        Assert.Equal(OneRecord().Length, (await FetchAsync(client, 0, maxWaitMs: 300, minBytes: 1 << 20)).Records.Length);
        Assert.Equal((0, 0), await EmptyAsync(0, offset: 1));

        async Task<(short, int)> EmptyAsync(int maxWaitMs, long offset = 0)
        {
            var fetched = await FetchAsync(client, offset, maxWaitMs);
            return (fetched.Error, fetched.Records.Length);
        }
    }

    [Fact]
    public async Task A_fetch_gets_whole_batches_within_its_limits_and_at_least_one()
    {
        using var client = await ConnectAsync();
        await CreateAsync(2);
        var size = OneRecord().Length;
        for (var i = 0; i < 3; i++)
        {
            await ProduceAsync(client, OneRecord());
            await ProduceAsync(client, OneRecord(), partition: 1);
        }

        Assert.Equal([0], BatchesIn((await FetchAsync(client, 0, partitionMaxBytes: 1)).Records));
        Assert.Equal([1], BatchesIn((await FetchAsync(client, 1, maxBytes: 1)).Records));
        Assert.Equal([0, 1], BatchesIn((await FetchAsync(client, 0, partitionMaxBytes: (2 * size) + 1)).Records));
        Assert.Equal([0, 1, 2], BatchesIn((await FetchAsync(client, 0)).Records));
        var both = ReadFetched(await client.AskAsync(FetchRequest(0, 1, 1, _topic, (0, 0, 1 << 20, -1), (1, 0, 1 << 20, -1))));
        Assert.Equal([1, 0], both.Select(p => BatchesIn(p.Records).Count));
    }

    [Fact]
    public async Task A_fetch_within_a_batch_gets_the_whole_batch()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await ProduceAsync(client, TestBatch.Create(("a", "1"), ("b", "2"), ("c", "3")));
        await ProduceAsync(client, OneRecord());
        Assert.Equal([0, 3], BatchesIn((await FetchAsync(client, 2)).Records));
        Assert.Equal([3], BatchesIn((await FetchAsync(client, 3)).Records));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_fetch_outside_of_the_log_is_out_of_range_and_does_not_wait(long offset)
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await ProduceAsync(client, OneRecord());
        var fetched = await FetchAsync(client, offset, LongWaitMs);
        Assert.Empty(fetched.Records);
        Assert.Equal(new Fetched(OffsetOutOfRange, -1, -1, []), fetched with { Records = [] });
    }

    [Fact]
    public async Task A_fetch_of_deleted_records_is_out_of_range()
    {
        using var client = await ConnectAsync();
        using var admin = Admin();
        await CreateAsync(1);
        await ProduceAsync(client, OneRecord());
        await ProduceAsync(client, OneRecord());
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(_topic, 0, 1)]);
        Assert.Equal(OffsetOutOfRange, (await FetchAsync(client, 0)).Error);
        var rest = await FetchAsync(client, 1);
        Assert.Equal(new Fetched(0, 2, 1, []), rest with { Records = [] });
        Assert.Equal(new Found(0, -1, 1), await ListOffsetAsync(client, -2));
    }

    [Fact]
    public async Task A_fetch_of_what_is_not_there_or_of_a_future_leader_does_not_wait()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        Assert.Equal(UnknownTopicOrPartition, (await FetchAsync(client, 0, LongWaitMs, partition: 1)).Error);
        Assert.Equal(UnknownTopicOrPartition, (await FetchAsync(client, 0, LongWaitMs, topic: _topic + "-none")).Error);
        Assert.Equal(UnknownLeaderEpoch, (await FetchAsync(client, 0, LongWaitMs, leaderEpoch: 5)).Error);
        Assert.Equal(0, (await FetchAsync(client, 0, leaderEpoch: 0)).Error);
    }

    [Fact]
    public async Task A_fetch_session_that_is_not_known_is_refused()
    {
        using var client = await ConnectAsync();
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(1, 11) + Wire.I32(-1) + Wire.I32(0) + Wire.I32(1) + Wire.I32(1 << 20) + Wire.I8(0)
            + Wire.I32(77) + Wire.I32(3) + Wire.Array() + Wire.Array() + Wire.String("")));
        Assert.Equal((0, 70, 0, 0), (answer.I32(), answer.I16(), answer.I32(), answer.Array(() => 0).Length));
    }

    [Fact]
    public async Task A_partition_is_asked_for_its_offsets_once_in_a_request()
    {
        const short invalidRequest = 42;
        using var client = await ConnectAsync();
        await CreateAsync(2);
        var found = await ListOffsetsAsync(client, -1, (0, -1), (1, -1), (0, 1_000));
        Assert.Equal([(0, new Found(invalidRequest, -1, -1)), (1, new Found(0, -1, 0))], found.Distinct().OrderBy(f => f.Partition));
    }

    [Fact]
    public async Task Offsets_are_listed_by_end_start_and_time()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        Assert.Equal(new Found(0, -1, 0), await ListOffsetAsync(client, -1));
        Assert.Equal(new Found(0, -1, 0), await ListOffsetAsync(client, -2));
        Assert.Equal(new Found(0, -1, -1), await ListOffsetAsync(client, 0));
        await ProduceAsync(client, TestBatch.Create(-1, -1, -1, 1_000, ("a", "1"), ("b", "2")));
        await ProduceAsync(client, TestBatch.Create(-1, -1, -1, 3_000, ("c", "3")));
        await ProduceAsync(client, TestBatch.Create(-1, -1, -1, 2_000, ("d", "4")));
        Assert.Equal(new Found(0, -1, 4), await ListOffsetAsync(client, -1));
        Assert.Equal(new Found(0, -1, 0), await ListOffsetAsync(client, -2));
        Assert.Equal(new Found(0, 1_000, 0), await ListOffsetAsync(client, 0));
        Assert.Equal(new Found(0, 1_000, 0), await ListOffsetAsync(client, 1_000));
        Assert.Equal(new Found(0, 3_000, 2), await ListOffsetAsync(client, 1_001));
        Assert.Equal(new Found(0, -1, -1), await ListOffsetAsync(client, 3_001));
        Assert.Equal(UnknownLeaderEpoch, (await ListOffsetAsync(client, -1, leaderEpoch: 5)).Error);
        Assert.Equal(UnknownTopicOrPartition, (await ListOffsetAsync(client, -1, partition: 1)).Error);
        using var admin = Admin();
        var greatest = await admin.ListOffsetsAsync([new() { TopicPartition = new(_topic, 0), OffsetSpec = OffsetSpec.MaxTimestamp() }]);
        Assert.Equal((2, 3_000), (greatest.ResultInfos[0].TopicPartitionOffsetError.Offset.Value, greatest.ResultInfos[0].Timestamp));
    }

    [Fact]
    public async Task The_current_leader_epoch_ends_at_the_end_of_the_log()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        Assert.Equal(new EpochEnd(0, 0, 0), await EndOfEpochAsync(client, 0));
        await ProduceAsync(client, OneRecord());
        Assert.Equal(new EpochEnd(0, 0, 1), await EndOfEpochAsync(client, 0));
        Assert.Equal(new EpochEnd(0, 0, 1), await EndOfEpochAsync(client, 0, currentEpoch: 0));
        Assert.Equal(new EpochEnd(0, -1, -1), await EndOfEpochAsync(client, 3));
        Assert.Equal(new EpochEnd(UnknownLeaderEpoch, -1, -1), await EndOfEpochAsync(client, 0, currentEpoch: 3));
        Assert.Equal(new EpochEnd(UnknownTopicOrPartition, -1, -1), await EndOfEpochAsync(client, 0, partition: 1));
    }

    [Fact]
    public async Task Requests_of_one_connection_are_answered_in_order()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await client.SendAsync(FetchRequest(500, 1, 1 << 20, _topic, (0, 0, 1 << 20, -1)));
        await client.SendAsync(ProduceRequest(OneRecord(), acks: -1));
        Assert.Empty(ReadFetched((await client.ReceiveAsync())!)[0].Records);
        Assert.Equal(new Produced(0, 0, -1), ReadProduced((await client.ReceiveAsync())!));
    }

    /// <summary>Base offsets of the whole batches; Kafka may send the beginning of another behind them.</summary>
    private static List<long> BatchesIn(ReadOnlySpan<byte> records)
    {
        var offsets = new List<long>();
        while (records.Length >= 12 && BinaryPrimitives.ReadInt32BigEndian(records[8..]) + 12 is var size && size <= records.Length)
        {
            offsets.Add(BinaryPrimitives.ReadInt64BigEndian(records));
            records = records[size..];
        }

        return offsets;
    }
}
