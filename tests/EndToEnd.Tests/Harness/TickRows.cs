using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A tick as the wire has it, decoded by the tests from the generated message alone.</summary>
internal sealed record TickRow(
    string Source,
    ulong Sequence,
    string Symbol,
    long EventTimeNs,
    long PriceE9,
    long SizeE8,
    string Venue,
    string Conditions,
    string Attributes,
    uint Revision,
    TickAction Action)
{
    public static IEnumerable<TickRow> Of(TickBlock block)
    {
        ulong sequence = 0;
        long eventTime = 0, price = 0;
        var extras = block.Extras.ToDictionary(extra => extra.Row);
        for (var row = 0; row < block.SequenceDelta.Count; row++)
        {
            unchecked
            {
                sequence += (ulong)block.SequenceDelta[row];
                eventTime += block.EventTimeDeltaNs[row];
                price += block.PriceDeltaE9[row];
            }

            extras.TryGetValue((uint)row, out var extra);
            yield return new TickRow(
                block.Sources.Count == 0 ? string.Empty : block.Sources[Index(block.SourceIndex, row)],
                sequence,
                block.Symbols[Index(block.SymbolIndex, row)],
                eventTime,
                price,
                block.SizeE8[row],
                block.Venues.Count == 0 ? string.Empty : block.Venues[Index(block.VenueIndex, row)],
                block.ConditionSets.Count == 0 ? string.Empty : string.Join(' ', block.ConditionSets[Index(block.ConditionSetIndex, row)].Conditions),
                extra is null ? string.Empty : string.Join(' ', extra.Attributes.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={Text(entry.Value)}")),
                extra?.Revision ?? 0,
                extra?.Action ?? TickAction.New);
        }
    }

    /// <summary>The row as it must come back from the pipeline.</summary>
    public static TickRow Expected(TradeRow trade, string source) => new(
        source,
        trade.Sequence,
        trade.Symbol,
        trade.EventTimeNs,
        trade.PriceE9,
        trade.SizeE8,
        trade.Venue,
        trade.Condition,
        trade.Suspicious ? "suspicious=True" : string.Empty,
        0,
        TickAction.New);

    private static int Index(Google.Protobuf.Collections.RepeatedField<uint> column, int row) => column.Count == 0 ? 0 : (int)column[row];

    private static string Text(AttributeValue value) => value.ValueCase switch
    {
        AttributeValue.ValueOneofCase.Number => value.Number,
        AttributeValue.ValueOneofCase.Flag => value.Flag.ToString(),
        _ => value.Text,
    };
}
