using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Blocks;

namespace StockAspire.Sink.Service.Tests;

/// <summary>Ticks and the Kafka records that carry them.</summary>
internal static class Ticks
{
    public static readonly TopicPartition Partition = new("ticks", 3);

    /// <summary>Tick number <paramref name="sequence"/> of a source.</summary>
    public static Tick Of(ulong sequence, string symbol = "SPY", string source = "csv:test") => new()
    {
        Id = new TickId(source, sequence),
        Symbol = symbol,
        EventTimeNs = 1_381_152_600_000_000_000 + ((long)sequence * 1_000_000),
        IngestTimeNs = 1_800_000_000_000_000_000,
        Price = new Price(169_000_000_000 + (long)sequence),
        Size = new Size(100_00000000),
        Venue = "ARCA",
    };

    public static byte[] Block(params ReadOnlySpan<Tick> ticks)
    {
        var writer = new TickBlockWriter();
        foreach (var tick in ticks)
        {
            Assert.True(writer.TryAdd(tick));
        }

        return writer.ToArray();
    }

    /// <summary>A block of ticks <paramref name="first"/> and on.</summary>
    public static byte[] Block(ulong first, int count, string symbol = "SPY") =>
        Block([.. Enumerable.Range(0, count).Select(i => Of(first + (ulong)i, symbol))]);

    public static ConsumeResult<byte[], byte[]> Record(long offset, byte[] value, string? traceParent = null)
    {
        var headers = new Headers();
        if (traceParent is not null)
        {
            headers.Add("traceparent", Encoding.ASCII.GetBytes(traceParent));
        }

        return new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(Partition, offset),
            Message = new Message<byte[], byte[]>
            {
                Key = "SPY"u8.ToArray(),
                Value = value,
                Headers = headers,
                Timestamp = new Timestamp(1_700_000_000_000 + offset, TimestampType.CreateTime),
            },
        };
    }

    public static string Header(this DeadLetter letter, string name) =>
        Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));
}
