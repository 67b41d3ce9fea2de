using System.Text;
using Confluent.Kafka;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Topics;
using BrokerError = StockAspire.KafkaBroker.Protocol.ErrorCode;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>What real clients send is stored as it came, but for the fields that are the broker's; of every codec.</summary>
public sealed class ClientBatchTests
{
    private const int PrecedingRecords = 3;

    public static TheoryData<string> Storable => [.. ClientBatch.All.Keys.Where(n => n is not ("control" or "transactional"))];

    [Theory]
    [MemberData(nameof(Storable))]
    public void Batch_of_the_Java_client_is_stored_as_Kafka_stores_it(string name)
    {
        using var log = new TestLog();
        Assert.Equal(ClientBatch.All[name].Stored, AppendToFile(log, name));
    }

    [Theory]
    [MemberData(nameof(Storable))]
    public void Batch_of_the_Java_client_is_stamped_with_append_time_as_Kafka_stamps_it(string name)
    {
        using var log = new TestLog(settings: ("message.timestamp.type", "LogAppendTime"));
        log.Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(1_000_000));
        Assert.Equal(ClientBatch.All[name].Stamped, AppendToFile(log, name));
    }

    [Theory]
    [MemberData(nameof(Storable))]
    public async Task Batch_of_the_Java_client_is_fetched_as_it_was_produced(string name)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.AskAsync("0013 0002 00000007 0001 78 00000001 0001 74 00000001 0001 00000000 00000000 00001388 00");
        var (before, batch) = (Convert.ToHexString(Preceding()), ClientBatch.All[name].Sent);
        foreach (var hex in new[] { before, batch })
        {
            Assert.StartsWith("00000007 00000001 0001 74 00000001 00000000 0000".Replace(" ", "", StringComparison.Ordinal), await client.AskAsync(
                $"0000 0003 00000007 0001 78 ffff ffff 00001388 00000001 0001 74 00000001 00000000 {hex.Length / 2:x8} {hex}"), StringComparison.Ordinal);
        }

        var fetched = await client.AskAsync("0001 0004 00000007 0001 78 ffffffff 00004e20 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000003 00100000");
        Assert.EndsWith($"{batch.Length / 2:x8}{ClientBatch.All[name].Stored}", fetched, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("lz4")]
    [InlineData("snappy")]
    [InlineData("zstd")]
    public void Records_of_the_Java_client_are_read(string name)
    {
        var batch = Convert.FromHexString(ClientBatch.All[name].Sent);
        var header = BatchHeader.Read(batch);
        var reader = new RecordReader(BatchCompression.TryDecompress(batch.AsSpan(61), header.Compression)!);
        Assert.True(reader.TryRead(out var first) && Encoding.UTF8.GetString(first.Key) == "key" && first is { HasValue: true, OffsetDelta: 0, TimestampDeltaMs: 0 });
        Assert.True(reader.TryRead(out var second) && Encoding.UTF8.GetString(second.Key) == "deleted" && second is { HasValue: false, OffsetDelta: 1, TimestampDeltaMs: -5 });
        Assert.True(reader.TryRead(out var third) && third is { HasKey: false, HasValue: true, OffsetDelta: 2, TimestampDeltaMs: 295 });
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData("control", BrokerError.InvalidRecord)]
    [InlineData("transactional", BrokerError.InvalidTxnState)]
    public void Batch_that_is_not_a_clients_to_send_is_refused(string name, object expected) => Assert.Equal(
        (BrokerError)expected, BatchValidator.Validate(Convert.FromHexString(ClientBatch.All[name].Sent), TopicConfig.Default, out _).Error);

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Segment_holds_what_librdkafka_sent(CompressionType codec)
    {
        const long time = 1_700_000_000_000;
        await using var broker = await EmbeddedBroker.StartAsync();
        using (var producer = new ProducerBuilder<string?, string?>(new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            EnableIdempotence = true,
            CompressionType = codec,
            LingerMs = 50,
        }).SetKeySerializer(Text.Instance).SetValueSerializer(Text.Instance).Build())
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => producer.ProduceAsync("t", new()
            {
                Key = i % 3 == 0 ? null : "key" + i,
                Value = i % 7 == 0 ? null : new string('v', i),
                Timestamp = new Timestamp(time + i, TimestampType.CreateTime),
                Headers = new Headers { { "h", Encoding.UTF8.GetBytes("x" + i) }, { "null", null } },
            })));
        }

        await broker.Server.DisposeAsync();
        var batches = ReadBatch.ReadAll(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(broker.DataDirectory, "*.log", SearchOption.AllDirectories)))).ToArray();
        Assert.Equal(100, batches.Sum(b => b.Count));
        var next = 0;
        foreach (var batch in batches)
        {
            Assert.Equal((next, next, 0, (short)0), (batch.BaseOffset, batch.BaseSequence, batch.LeaderEpoch, batch.Epoch));
            Assert.Equal((time + next, time + next + batch.Count - 1), (batch.BaseTimestamp, batch.MaxTimestamp));
            Assert.True(batch.ProducerId > 0 && batch.Codec == (int)codec, $"producer {batch.ProducerId}, codec {batch.Codec}");
            foreach (var (record, i) in codec is CompressionType.None or CompressionType.Gzip ? batch.ReadRecords().Select((r, i) => (r, next + i)) : [])
            {
                Assert.Equal((i - next, (long)(i - next)), (record.OffsetDelta, record.TimeDelta));
                Assert.Equal((i % 3 == 0 ? null : "key" + i, i % 7 == 0 ? null : new string('v', i)), (record.Key, record.Value));
                Assert.Equal([("h", "x" + i), ("null", null)], record.Headers);
            }

            next += batch.Count;
        }
    }

    private static byte[] Preceding() => TestBatch.Create([.. Enumerable.Repeat(((string?)"k", (string?)"v"), PrecedingRecords)]);

    private static string AppendToFile(TestLog log, string name)
    {
        log.Append(Preceding());
        Assert.Equal(PrecedingRecords, log.Append(Convert.FromHexString(ClientBatch.All[name].Sent)).BaseOffset);

        // The batch may begin a segment: its time is far from that of what precedes it.
        return string.Concat(log.SegmentPaths.Select(ReadFile))[(Preceding().Length * 2)..];
    }

    private static string ReadFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Strings that may be null, which the client's own serializer does not take.</summary>
    private sealed class Text : ISerializer<string?>
    {
        public static Text Instance { get; } = new();

        public byte[] Serialize(string? data, SerializationContext context) => data is null ? null! : Encoding.UTF8.GetBytes(data);
    }
}
