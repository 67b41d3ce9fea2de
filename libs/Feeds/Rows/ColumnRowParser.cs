using StockAspire.Feeds.Csv;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Rows;

/// <summary>
/// Rows below a header: fields from mapped columns or constants, every other column an attribute under its snake_case name:
/// a number, true or false, or else a text; nothing where it is empty.
/// </summary>
internal sealed class ColumnRowParser(ColumnLayout layout, EventTimeParser eventTimes, RowPools pools) : RowParser
{
    private readonly List<KeyValuePair<string, AttributeValue>> _attributes = [];

    public override TickFault? Parse(CsvRecordReader record, in TickId id, out Tick tick)
    {
        tick = default;
        if (record.FieldCount != layout.ColumnCount)
        {
            return WrongFieldCount(layout.ColumnCount, record.FieldCount);
        }

        var text = Text(record, FeedField.Symbol);
        if (!pools.Texts.TryGet(text, out var symbol))
        {
            return Wrong("symbol", "UTF-8", text, Column(FeedField.Symbol));
        }

        text = Text(record, FeedField.Time);
        if (!eventTimes.TryParse(text, out var eventTimeNs))
        {
            return Wrong("event_time_ns", eventTimes.Expected, text, Column(FeedField.Time));
        }

        text = Text(record, FeedField.Price);
        var error = Price.TryParse(text, out var price);
        if (error != FixedPointError.None)
        {
            return Wrong("price_e9", Price.Explain(error), text, Column(FeedField.Price));
        }

        text = Text(record, FeedField.Size);
        error = Size.TryParse(text, out var size);
        if (error != FixedPointError.None)
        {
            return Wrong("size_e8", Size.Explain(error), text, Column(FeedField.Size));
        }

        text = Text(record, FeedField.Venue);
        if (!pools.Texts.TryGet(text, out var venue))
        {
            return Wrong("venue", "UTF-8", text, Column(FeedField.Venue));
        }

        text = Text(record, FeedField.Conditions);
        if (!pools.Conditions.TryGet(text, out var conditions))
        {
            return Wrong("conditions", "UTF-8", text, Column(FeedField.Conditions));
        }

        var fault = ParseAttributes(record);
        if (fault is not null)
        {
            return fault;
        }

        tick = new Tick
        {
            Id = id,
            Symbol = symbol,
            EventTimeNs = eventTimeNs,
            Price = price,
            Size = size,
            Venue = venue,
            Conditions = conditions,
            Attributes = AttributeMap.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_attributes)),
        };
        return null;
    }

    private ReadOnlySpan<byte> Text(CsvRecordReader record, FeedField field)
    {
        var source = layout[field];
        return source.Column >= 0 ? record[source.Column] : source.Constant;
    }

    private string Column(FeedField field) => layout[field].Name;

    private TickFault? ParseAttributes(CsvRecordReader record)
    {
        _attributes.Clear();
        foreach (var attribute in layout.Attributes)
        {
            var text = record[attribute.Column];
            if (text.IsEmpty)
            {
                continue;
            }

            if (!pools.Texts.TryGet(text, out var value))
            {
                return Wrong("attributes." + attribute.Name, "UTF-8", text, attribute.Header);
            }

            if (AttributeValue.IsDecimal(value))
            {
                _attributes.Add(new(attribute.Name, AttributeValue.Number(value)));
            }
            else if (attribute.IsNumber)
            {
                return Wrong("attributes." + attribute.Name, "a decimal number such as 1234.56", text, attribute.Header);
            }
            else
            {
                _attributes.Add(new(attribute.Name, Typed(value)));
            }
        }

        return null;
    }

    private static AttributeValue Typed(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) ? AttributeValue.Flag(true)
        : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? AttributeValue.Flag(false)
        : AttributeValue.OfText(text);
}
