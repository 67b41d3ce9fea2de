using Google.Protobuf;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using AttributeValue = StockAspire.Market.AttributeValue;
using ConditionSet = StockAspire.Market.ConditionSet;
using Tick = StockAspire.Market.Tick;
using TickAction = StockAspire.Market.TickAction;
using TickBlock = StockAspire.Protos.V1.TickBlock;
using TickId = StockAspire.Market.TickId;

namespace StockAspire.Ingest.Streams;

/// <summary>Generated messages to the domain.</summary>
internal static class ProtoBlocks
{
    /// <exception cref="TickBlockFormatException">The block is larger than a block may be.</exception>
    public static byte[] Encode(TickBlock block)
    {
        var size = block.CalculateSize();
        return size <= Market.Blocks.TickBlock.SizeMax
            ? block.ToByteArray()
            : throw new TickBlockFormatException($"TickBlock: expected at most {Market.Blocks.TickBlock.SizeMax} bytes, got {size}.");
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: an attribute has no value or is no decimal number.</exception>
    public static Tick ToDomain(Protos.V1.Tick tick, int row) => new()
    {
        Id = new TickId(tick.Id?.Source ?? string.Empty, tick.Id?.Sequence ?? 0),
        Symbol = tick.Symbol,
        EventTimeNs = tick.EventTimeNs,
        Price = new Price(tick.PriceE9),
        Size = new Size(tick.SizeE8),
        Venue = tick.Venue,
        Conditions = ConditionSet.Of([.. tick.Conditions]),
        Attributes = AttributeMap.Of([.. tick.Attributes.Select(entry => KeyValuePair.Create(entry.Key, ToDomain(entry.Key, entry.Value, row)))]),
        Revision = tick.Revision,
        Action = (TickAction)Math.Clamp((int)tick.Action, 0, byte.MaxValue),
    };

    private static AttributeValue ToDomain(string name, Protos.V1.AttributeValue value, int row) => value.ValueCase switch
    {
        Protos.V1.AttributeValue.ValueOneofCase.Number when AttributeValue.IsDecimal(value.Number) => AttributeValue.Number(value.Number),
        Protos.V1.AttributeValue.ValueOneofCase.Text => AttributeValue.OfText(value.Text),
        Protos.V1.AttributeValue.ValueOneofCase.Flag => AttributeValue.Flag(value.Flag),
        _ => throw IngestErrors.Invalid($"ticks[{row}].attributes.{name}", $"expected a decimal number, a text or a flag, got {value}"),
    };
}
