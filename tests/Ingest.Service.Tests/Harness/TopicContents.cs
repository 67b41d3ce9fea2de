using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Service.Tests.Harness;

/// <summary>What is in the topics now, read with a plain consumer.</summary>
internal static class TopicContents
{
    public static List<ConsumeResult<byte[], byte[]>> Read(string bootstrapServers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "test",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchQueueBackoffMs = 5,
        }).Build();
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning)));
        var left = partitions.Count;
        List<ConsumeResult<byte[], byte[]>> records = [];
        while (left > 0)
        {
            var result = consumer.Consume(TimeSpan.FromMinutes(2)) ?? throw new TimeoutException($"Topic {topic} does not end.");
            if (result.IsPartitionEOF)
            {
                left--;
            }
            else
            {
                records.Add(result);
            }
        }

        return records;
    }

    /// <summary>All ticks of a source, with doubles, as they lie in the topic, partition by partition.</summary>
    public static List<Tick> Ticks(string bootstrapServers, string source)
    {
        var reader = new TickBlockReader();
        List<Tick> ticks = [];
        foreach (var record in Read(bootstrapServers, Topics.Ticks))
        {
            reader.Read(record.Message.Value);
            foreach (var tick in reader.Ticks)
            {
                if (tick.Id.Source == source)
                {
                    Assert.Equal(Encoding.UTF8.GetString(record.Message.Key), tick.Symbol);
                    ticks.Add(tick);
                }
            }
        }

        return ticks;
    }

    /// <summary>The seals of a source that count: the newest of each key, in the order of their sequences.</summary>
    public static List<Seal> Seals(string bootstrapServers, string source)
    {
        var seals = new Dictionary<string, Seal>();
        foreach (var record in Read(bootstrapServers, Topics.Seals))
        {
            var seal = SealCodec.Decode(record.Message.Value);
            if (seal.Source == source)
            {
                Assert.Equal(Encoding.UTF8.GetString(record.Message.Key), seal.Key);
                seals[seal.Key] = seal;
            }
        }

        return [.. seals.Values.OrderBy(seal => seal.First)];
    }

    /// <summary>Dead letters of a source: headers as text, and the raw bytes.</summary>
    public static List<(Dictionary<string, string> Headers, byte[] Raw)> DeadLetters(string bootstrapServers, string source) =>
        [.. Read(bootstrapServers, Topics.DeadLetters)
            .Select(record => (
                Headers: record.Message.Headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes())),
                Raw: record.Message.Value))
            .Where(letter => letter.Headers[DeadLetterHeaders.Source] == source)];

    /// <summary>Asserts that the seals promise exactly these ticks and rejected sequences, without overlap.</summary>
    public static void AssertSealed(List<Seal> seals, IReadOnlyCollection<Tick> ticks, params ulong[] rejected)
    {
        var expected = new SealBuilder(seals[0].Source, seals[0].Epoch, seals.First(seal => !seal.IsOpening).First);
        var refused = new HashSet<ulong>(rejected);
        var distinct = ticks.Where(tick => tick.Revision == 0).DistinctBy(tick => tick.Id).ToDictionary(tick => tick.Id.Sequence);
        while (distinct.ContainsKey(expected.Next) || refused.Contains(expected.Next))
        {
            if (refused.Contains(expected.Next))
            {
                expected.AddRejected(expected.Next);
            }
            else
            {
                expected.Add(distinct[expected.Next]);
            }
        }

        Assert.Equal((ulong)(distinct.Count + refused.Count), expected.SequenceCount);
        SealBuilder? merged = null;
        foreach (var seal in seals.Where(seal => !seal.IsOpening))
        {
            if (merged is null)
            {
                merged = new SealBuilder(seal);
            }
            else
            {
                merged.Add(new SealBuilder(seal));
            }
        }

        var (want, got) = (expected.Build(0), merged!.Build(0));
        Assert.Equal((want.First, want.Last), (got.First, got.Last));
        Assert.Equal(want.Rejected, got.Rejected);
        Assert.Equal(want.Symbols, got.Symbols);
    }
}
