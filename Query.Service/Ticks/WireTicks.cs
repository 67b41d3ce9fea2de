using StockAspire.Market;
using StockAspire.Market.Blocks;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Ticks;

/// <summary>Ticks as messages.</summary>
internal static class WireTicks
{
    /// <summary>The block that the writer holds, which is empty afterwards.</summary>
    public static Wire.TickBlock TakeBlock(TickBlockWriter writer) => Wire.TickBlock.Parser.ParseFrom(writer.ToArray());

    public static Wire.Tick ToWire(in Tick tick)
    {
        var message = new Wire.Tick
        {
            Id = new Wire.TickId { Source = tick.Id.Source, Sequence = tick.Id.Sequence },
            Symbol = tick.Symbol,
            EventTimeNs = tick.EventTimeNs,
            IngestTimeNs = tick.IngestTimeNs,
            PriceE9 = tick.Price.E9,
            SizeE8 = tick.Size.E8,
            Venue = tick.Venue,
            Conditions = { tick.Conditions },
            Revision = tick.Revision,
            Action = (Wire.TickAction)tick.Action,
        };
        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            message.Attributes.Add(name, value.Kind switch
            {
                AttributeKind.Number => new Wire.AttributeValue { Number = value.Text },
                AttributeKind.Text => new Wire.AttributeValue { Text = value.Text },
                _ => new Wire.AttributeValue { Flag = value.IsTrue },
            });
        }

        return message;
    }
}
