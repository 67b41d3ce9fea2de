using Google.Protobuf.Collections;
using Proto = StockAspire.Protos.V1;

namespace StockAspire.Market.Tests;

/// <summary>The rows of a generated TickBlock, as the comments of tick.proto define them.</summary>
internal static class GoogleBlock
{
    public static List<Tick> Rows(Proto.TickBlock block)
    {
        var rows = new List<Tick>();
        long sequence = 0, eventTime = 0, ingestTime = 0, price = 0;
        for (var row = 0; row < block.SequenceDelta.Count; row++)
        {
            unchecked
            {
                sequence += block.SequenceDelta[row];
                eventTime += block.EventTimeDeltaNs[row];
                ingestTime += block.IngestTimeDeltaNs.Count == 0 ? 0 : block.IngestTimeDeltaNs[row];
                price += block.PriceDeltaE9[row];
            }

            var extra = block.Extras.SingleOrDefault(each => each.Row == row);
            rows.Add(new Tick
            {
                Id = new TickId(At(block.Sources, block.SourceIndex, row) ?? "", (ulong)sequence),
                Symbol = At(block.Symbols, block.SymbolIndex, row) ?? "",
                EventTimeNs = eventTime,
                IngestTimeNs = ingestTime,
                Price = new Price(price),
                Size = new Size(block.SizeE8[row]),
                Venue = At(block.Venues, block.VenueIndex, row) ?? "",
                Conditions = ConditionSet.Of([.. At(block.ConditionSets, block.ConditionSetIndex, row)?.Conditions ?? []]),
                Attributes = AttributeMap.Of([.. extra?.Attributes.Select(pair => new KeyValuePair<string, AttributeValue>(pair.Key, Value(pair.Value))) ?? []]),
                Revision = extra?.Revision ?? 0,
                Action = (TickAction)(extra?.Action ?? 0),
            });
        }

        return rows;
    }

    private static T? At<T>(RepeatedField<T> dictionary, RepeatedField<uint> indexes, int row)
        where T : class =>
        dictionary.Count == 0 ? null : dictionary[indexes.Count == 0 ? 0 : (int)indexes[row]];

    private static AttributeValue Value(Proto.AttributeValue value) => value.ValueCase switch
    {
        Proto.AttributeValue.ValueOneofCase.Number => AttributeValue.Number(value.Number),
        Proto.AttributeValue.ValueOneofCase.Flag => AttributeValue.Flag(value.Flag),
        _ => AttributeValue.OfText(value.Text),
    };
}
