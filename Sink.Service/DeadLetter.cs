using System.Globalization;
using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>What can never be stored and why, ready to be sent to <see cref="Topics.DeadLetters"/>.</summary>
internal sealed record DeadLetter(byte[]? Key, byte[] Value, Headers Headers)
{
    /// <summary>Bytes of a value that surely fit a Kafka message of 1,000,000 bytes together with the headers.</summary>
    private const int ValueSizeMax = 900_000;

    /// <summary>Characters of a reason; a message of a store may quote a whole row.</summary>
    private const int ReasonLengthMax = 2_000;

    /// <summary>A record that is no block: its raw bytes, behind its own headers.</summary>
    public static DeadLetter OfRecord(ConsumeResult<byte[], byte[]> record, string reason)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        var value = record.Message.Value ?? [];
        var cut = value.Length > ValueSizeMax ? string.Create(CultureInfo.InvariantCulture, $" (only the first {ValueSizeMax} of {value.Length} bytes are kept)") : string.Empty;
        Describe(headers, new TickFault("block", "a TickBlock", reason + cut), record.TopicPartition, record.Offset.Value);
        return new DeadLetter(record.Message.Key, cut.Length > 0 ? value[..ValueSizeMax] : value, headers);
    }

    /// <summary>One tick of a good block: a block of its own, with the tick's identity in the headers.</summary>
    public static DeadLetter OfTick(in Tick tick, TickFault fault, TopicPartition partition, long offset)
    {
        var headers = new Headers();
        Add(headers, DeadLetterHeaders.Source, tick.Id.Source);
        Add(headers, DeadLetterHeaders.Sequence, tick.Id.Sequence.ToString(CultureInfo.InvariantCulture));
        var block = new TickBlockWriter();
        try
        {
            block.TryAdd(tick);
        }
        catch (ArgumentException)
        {
            // The writer's bound on one tick is stricter than the reader's on a block. The whole is still in topic ticks.
            block.TryAdd(tick with { Attributes = AttributeMap.Empty });
            fault = fault with { Actual = fault.Actual + " (attributes left out for their size, see the position)" };
        }

        Describe(headers, fault, partition, offset);
        return new DeadLetter(Encoding.UTF8.GetBytes(tick.Symbol), block.ToArray(), headers);
    }

    private static void Describe(Headers headers, TickFault fault, TopicPartition partition, long offset)
    {
        Add(headers, DeadLetterHeaders.Stage, "sink");
        Add(headers, DeadLetterHeaders.Field, fault.Field);
        Add(headers, DeadLetterHeaders.Expected, fault.Expected);
        Add(headers, DeadLetterHeaders.Actual, fault.Actual.Length > ReasonLengthMax ? fault.Actual[..ReasonLengthMax] : fault.Actual);
        Add(headers, DeadLetterHeaders.Position, string.Create(CultureInfo.InvariantCulture, $"{partition.Topic}/{partition.Partition.Value}/{offset}"));
    }

    private static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
}
