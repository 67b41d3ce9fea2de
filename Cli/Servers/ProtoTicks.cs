using StockAspire.Market;
using StockAspire.Market.Blocks;
using Proto = StockAspire.Protos.V1;

namespace StockAspire.Cli.Servers;

/// <summary>Generated messages to the domain's ticks.</summary>
internal static class ProtoTicks
{
    /// <summary>The block's ticks, valid until the reader's next block.</summary>
    /// <exception cref="CliException">The server sent no valid block.</exception>
    public static ReadOnlySpan<Tick> Read(this TickBlockReader reader, Proto.TickBlock block)
    {
        try
        {
            reader.Read(Google.Protobuf.MessageExtensions.ToByteArray(block));
            return reader.Ticks;
        }
        catch (TickBlockFormatException error)
        {
            throw CliException.Failure($"The server sent a block that is not valid. {error.Message}");
        }
    }

    public static Tick ToTick(this Proto.Tick tick) => new()
    {
        Id = new TickId(tick.Id?.Source ?? string.Empty, tick.Id?.Sequence ?? 0),
        Symbol = tick.Symbol,
        EventTimeNs = tick.EventTimeNs,
        IngestTimeNs = tick.IngestTimeNs,
        Price = new Price(tick.PriceE9),
        Size = new Size(tick.SizeE8),
        Venue = tick.Venue,
        Conditions = ConditionSet.Of([.. tick.Conditions]),
        Attributes = AttributeMap.Of([.. tick.Attributes.Select(pair => KeyValuePair.Create(pair.Key, ToValue(pair.Value)))]),
        Revision = tick.Revision,
        Action = (TickAction)tick.Action,
    };

    private static AttributeValue ToValue(Proto.AttributeValue value) => value.ValueCase switch
    {
        Proto.AttributeValue.ValueOneofCase.Flag => AttributeValue.Flag(value.Flag),
        Proto.AttributeValue.ValueOneofCase.Number when AttributeValue.IsDecimal(value.Number) => AttributeValue.Number(value.Number),
        Proto.AttributeValue.ValueOneofCase.Number => AttributeValue.OfText(value.Number),
        _ => AttributeValue.OfText(value.Text),
    };
}
