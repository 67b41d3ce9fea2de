using System.Buffers.Binary;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Producing, request by request: idempotence, acknowledgements, and which batches are refused with which error.</summary>
public abstract partial class KafkaContract
{
    private const short MessageTooLarge = 10;
    private const short InvalidRequiredAcks = 21;
    private const short UnknownTopicOrPartition = 3;
    private const short OutOfOrderSequence = 45;
    private const short InvalidProducerEpoch = 47;

    /// <summary>Batches of one record k=v at fault, and the error for them. Positions are those of the protocol guide.</summary>
    private static readonly Dictionary<string, (Func<byte[]> Batch, short Error)> Faults = new()
    {
        ["magic 1"] = (() => Changed(16, 1, keepCrc: true), 87),
        ["magic 3"] = (() => Changed(16, 3, keepCrc: true), 2),
        ["wrong CRC"] = (() => Changed(20, 0xff, keepCrc: true), 2),
        ["a record's byte changed"] = (() => Changed(66, 0x7f, keepCrc: true), 2),
        ["no records"] = (() => [], 87),
        ["half a header"] = (() => OneRecord()[..30], 87),
        ["cut short"] = (() => OneRecord()[..^1], 87),
        ["negative length"] = (() => Changed(8, 0xff), 2),
        ["length below a header"] = (() => Changed(11, 5), 2),
        ["two batches"] = (() => [.. OneRecord(), .. OneRecord()], 87),
        ["bytes after the batch"] = (() => [.. OneRecord(), 0], 0),
        ["count 2 of one record"] = (() => Changed(60, 2), 87),
        ["count 0"] = (() => Changed(60, 0), 87),
        ["negative count"] = (() => Changed(57, 0xff), 87),
        ["last offset delta 1 of one record"] = (() => Changed(26, 1), 87),
        ["negative last offset delta"] = (() => Changed(23, 0xff), 87),
        ["control batch"] = (() => Changed(22, 0x20), 87),
        ["record of a wrong length"] = (() => Changed(61, 0x02), 87),
        ["key beyond the record"] = (() => Changed(65, 0x60), 87),
        ["base offset 5"] = (() => Changed(7, 5), 87),
        ["leader epoch 5"] = (() => Changed(15, 5), 0),
        ["a producer without sequence"] = (() => Sequenced(900_001, 0, -1), 87),
        ["a producer without epoch"] = (() => Sequenced(900_002, -1, 0), 0),
        ["append time of its own"] = (() => Changed(22, 0x08), 0),
    };

    public static TheoryData<string> FaultNames => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(FaultNames))]
    public async Task A_batch_at_fault_is_refused_and_leaves_the_log_as_it_was(string fault)
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        var (batch, error) = Faults[fault];
        var produced = await ProduceAsync(client, batch());
        Assert.Equal((error, error == 0 ? 0 : -1), (produced.Error, produced.BaseOffset));
        Assert.Equal(error == 0 ? 1 : 0, (await ProduceAsync(client, OneRecord())).BaseOffset);
    }

    [Fact]
    public async Task The_last_five_batches_of_a_producer_are_recognised_and_answered_with_their_offsets()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await ProduceAsync(client, OneRecord());
        var id = await InitProducerIdAsync(client);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(new Produced(0, 1 + (i * 2), -1), await ProduceAsync(client, Sequenced(id, 0, i * 2, 2)));
        }

        foreach (var i in new[] { 0, 4, 2 })
        {
            Assert.Equal(new Produced(0, 1 + (i * 2), Time), await ProduceAsync(client, Sequenced(id, 0, i * 2, 2)));
        }

        Assert.Equal(11, (await ProduceAsync(client, Sequenced(id, 0, 10))).BaseOffset);
        Assert.Equal(OutOfOrderSequence, (await ProduceAsync(client, Sequenced(id, 0, 0, 2))).Error);
        Assert.Equal(3, (await ProduceAsync(client, Sequenced(id, 0, 2, 2))).BaseOffset);
        Assert.Equal(12, (await FetchAsync(client, 0)).HighWatermark);
    }

    [Fact]
    public async Task A_sequence_that_skips_or_overlaps_is_out_of_order()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        var id = await InitProducerIdAsync(client);
        await ProduceAsync(client, Sequenced(id, 0, 0, 3));
        Assert.Equal(OutOfOrderSequence, (await ProduceAsync(client, Sequenced(id, 0, 4))).Error);
        Assert.Equal(OutOfOrderSequence, (await ProduceAsync(client, Sequenced(id, 0, 0, 2))).Error);
        Assert.Equal(OutOfOrderSequence, (await ProduceAsync(client, Sequenced(id, 0, 2, 2))).Error);
        Assert.Equal(new Produced(0, 3, -1), await ProduceAsync(client, Sequenced(id, 0, 3)));
    }

    [Fact]
    public async Task A_new_epoch_starts_at_0_and_fences_the_old_one()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        var id = await InitProducerIdAsync(client);
        await ProduceAsync(client, Sequenced(id, 0, 0));
        Assert.Equal(OutOfOrderSequence, (await ProduceAsync(client, Sequenced(id, 1, 1))).Error);
        Assert.Equal(new Produced(0, 1, -1), await ProduceAsync(client, Sequenced(id, 1, 0)));
        Assert.Equal(InvalidProducerEpoch, (await ProduceAsync(client, Sequenced(id, 0, 1))).Error);
        Assert.Equal(InvalidProducerEpoch, (await ProduceAsync(client, Sequenced(id, 0, 0))).Error);
        Assert.Equal(new Produced(0, 1, Time), await ProduceAsync(client, Sequenced(id, 1, 0)));
    }

    [Fact]
    public async Task A_producer_that_the_partition_does_not_know_may_start_anywhere_and_after_the_greatest_sequence_comes_0()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        var id = await InitProducerIdAsync(client);
        Assert.Equal(new Produced(0, 0, -1), await ProduceAsync(client, Sequenced(id, 0, int.MaxValue - 1, 3)));
        Assert.Equal(new Produced(0, 3, -1), await ProduceAsync(client, Sequenced(id, 0, 1)));
        Assert.Equal(new Produced(0, 0, Time), await ProduceAsync(client, Sequenced(id, 0, int.MaxValue - 1, 3)));
        var other = await InitProducerIdAsync(client);
        Assert.Equal(new Produced(0, 4, -1), await ProduceAsync(client, Sequenced(other, 0, int.MaxValue)));
        Assert.Equal(new Produced(0, 5, -1), await ProduceAsync(client, Sequenced(other, 0, 0)));
    }

    [Fact]
    public async Task A_producers_claim_to_the_brokers_time_is_taken_away()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await ProduceAsync(client, Changed(22, 0x08));
        var batch = (await FetchAsync(client, 0)).Records;
        Assert.Equal(0, batch[22]);
        Assert.Equal(Convert.ToHexString(batch), Convert.ToHexString(TestBatch.WithCrc([.. batch])));
    }

    [Fact]
    public async Task Producer_ids_are_given_out_once()
    {
        using var client = await ConnectAsync();
        Assert.NotEqual(await InitProducerIdAsync(client), await InitProducerIdAsync(client));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task An_acknowledged_batch_is_at_its_offset(short acks)
    {
        using var client = await ConnectAsync();
        await CreateAsync(2);
        Assert.Equal(new Produced(0, 0, -1), await ProduceAsync(client, OneRecord(), acks, partition: 1));
        Assert.Equal(new Produced(0, 1, -1), await ProduceAsync(client, OneRecord(), acks, partition: 1));
        Assert.Equal((2, 0), ((await FetchAsync(client, 0, partition: 1)).HighWatermark, (await FetchAsync(client, 0)).HighWatermark));
    }

    [Fact]
    public async Task With_acks_0_there_is_no_answer_and_an_error_ends_the_connection()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        await client.SendAsync(ProduceRequest(OneRecord(), acks: 0));
        Assert.Equal(new Produced(0, 1, -1), await ProduceAsync(client, OneRecord()));
        await client.SendAsync(ProduceRequest(OneRecord(), acks: 0, partition: 9));
        Assert.Null(await client.ReceiveAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Other_acks_are_refused(short acks)
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        Assert.Equal(InvalidRequiredAcks, (await ProduceAsync(client, OneRecord(), acks)).Error);
    }

    [Fact]
    public async Task An_unknown_topic_or_partition_is_refused_and_not_made()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1);
        Assert.Equal(new Produced(UnknownTopicOrPartition, -1, -1), await ProduceAsync(client, OneRecord(), partition: 1));
        Assert.Equal(new Produced(UnknownTopicOrPartition, -1, -1), await ProduceAsync(client, OneRecord(), partition: -1));
        Assert.Equal(new Produced(UnknownTopicOrPartition, -1, -1), await ProduceAsync(client, OneRecord(), topic: _topic + "-none"));
        Assert.Equal(new Produced(UnknownTopicOrPartition, -1, -1), await ProduceAsync(client, OneRecord(), topic: _topic + "-none"));
    }

    [Fact]
    public async Task A_batch_may_have_exactly_as_many_bytes_as_the_topic_allows()
    {
        using var client = await ConnectAsync();
        var size = OneRecord().Length;
        await CreateAsync(1, ("max.message.bytes", Text(size)));
        Assert.Equal(0, (await ProduceAsync(client, OneRecord())).Error);
        Assert.Equal(new Produced(MessageTooLarge, -1, -1), await ProduceAsync(client, OneRecord("vv")));
        Assert.Equal(1, (await ProduceAsync(client, OneRecord())).BaseOffset);
    }

    [Fact]
    public async Task Append_time_is_told_to_the_producer_and_stands_in_the_batch()
    {
        using var client = await ConnectAsync();
        await CreateAsync(1, ("message.timestamp.type", "LogAppendTime"));
        var produced = await ProduceAsync(client, OneRecord());
        Assert.True(produced.AppendTimeMs > 1_750_000_000_000);
        var batch = (await FetchAsync(client, 0)).Records;
        Assert.Equal((produced.AppendTimeMs, 0x08), (BinaryPrimitives.ReadInt64BigEndian(batch.AsSpan(35)), batch[22]));
        Assert.Equal(Convert.ToHexString(batch), Convert.ToHexString(TestBatch.WithCrc([.. batch])));
    }

    /// <summary>One record k=v with one byte changed; its checksum made to fit unless that is the fault.</summary>
    private static byte[] Changed(int position, byte value, bool keepCrc = false)
    {
        var batch = OneRecord();
        batch[position] = value;
        return keepCrc ? batch : TestBatch.WithCrc(batch);
    }
}
