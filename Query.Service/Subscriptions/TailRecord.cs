using System.Diagnostics.CodeAnalysis;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using StockAspire.Market.Blocks;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>One record of topic <c>ticks</c>: a block of one symbol, not decoded. Shared by all subscriptions; immutable.</summary>
internal sealed class TailRecord
{
    private TailRecord(int partition, long offset, string symbol, byte[] block, TickBlockSummary summary)
    {
        Partition = partition;
        Offset = offset;
        Symbol = symbol;
        Block = block;
        Summary = summary;
    }

    public int Partition { get; }

    public long Offset { get; }

    public string Symbol { get; }

    public byte[] Block { get; }

    public TickBlockSummary Summary { get; }

    /// <summary>False, with the reason, where the record is no block of ticks.</summary>
    public static bool TryRead(
        ConsumeResult<byte[], byte[]> result, [NotNullWhen(true)] out TailRecord? record, [NotNullWhen(false)] out string? fault)
    {
        record = null;
        fault = null;
        if (result.Message.Key is not { Length: > 0 } key || result.Message.Value is not { Length: > 0 } block)
        {
            fault = "expected a symbol as key and a block as value, got nothing";
            return false;
        }

        try
        {
            var summary = TickBlockSummary.Read(block);
            record = new TailRecord(result.Partition.Value, result.Offset.Value, Encoding.UTF8.GetString(key), block, summary);
            return true;
        }
        catch (TickBlockFormatException exception)
        {
            fault = exception.Message;
            return false;
        }
    }

    /// <summary>Decodes the block; false where it is damaged deeper than its summary showed.</summary>
    public bool TryDecode(TickBlockReader reader)
    {
        try
        {
            reader.Read(Block);
            return true;
        }
        catch (TickBlockFormatException)
        {
            return false;
        }
    }

    /// <summary>The block as it came, its columns not decoded; null where it is damaged deeper than its summary showed.</summary>
    public Wire.SubscribeResponse? ToMessage()
    {
        try
        {
            return new Wire.SubscribeResponse { Block = Wire.TickBlock.Parser.ParseFrom(Block) };
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
