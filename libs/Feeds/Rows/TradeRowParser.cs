using System.Buffers;
using System.Buffers.Text;
using StockAspire.Feeds.Csv;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Rows;

/// <summary>
/// Rows of a trade file: ms since local midnight, price x 10,000, size, exchange, sale condition, suspicious (0 or 1). The
/// sale condition is a set of flags in hexadecimal, kept as its text; 0 or nothing is none. Suspicious trades have the
/// attribute <c>suspicious</c>.
/// </summary>
internal sealed class TradeRowParser(string symbol, DateOnly date, LocalClock clock, RowPools pools) : RowParser
{
    private const int FieldCount = 6;
    private const int PriceDigits = 4;
    private const long MsPerDay = 86_400_000;

    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static readonly AttributeMap Suspicious = AttributeMap.Of(new KeyValuePair<string, AttributeValue>("suspicious", AttributeValue.Flag(true)));

    private readonly long _localMidnightNs = UnixTime.FromDateTimeOffset(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));

    public override TickFault? Parse(CsvRecordReader record, in TickId id, out Tick tick)
    {
        tick = default;
        if (record.FieldCount != FieldCount)
        {
            return WrongFieldCount(FieldCount, record.FieldCount);
        }

        if (!Utf8Parser.TryParse(record[0], out uint ms, out var used) || used != record[0].Length || ms >= MsPerDay)
        {
            return Wrong("event_time_ns", "milliseconds since midnight, below 86400000", record[0], "1 (time)");
        }

        if (!clock.TryToUnixNs(_localMidnightNs + (ms * UnixTime.NsPerMillisecond), out var eventTimeNs))
        {
            return Wrong("event_time_ns", $"a time that exists on {date:yyyy-MM-dd} in {clock.Name}", record[0], "1 (time)");
        }

        var error = Price.TryParseUnits(record[1], PriceDigits, out var price);
        if (error != FixedPointError.None)
        {
            return Wrong("price_e9", "10,000 times a price: " + Price.Explain(error), record[1], "2 (price)");
        }

        error = Size.TryParse(record[2], out var size);
        if (error != FixedPointError.None)
        {
            return Wrong("size_e8", Size.Explain(error), record[2], "3 (size)");
        }

        if (!pools.Texts.TryGet(record[3], out var venue))
        {
            return Wrong("venue", "UTF-8", record[3], "4 (exchange)");
        }

        if (!TryConditions(record[4], out var conditions))
        {
            return Wrong("conditions", "flags in hexadecimal", record[4], "5 (sale condition)");
        }

        var suspicious = record[5];
        if (suspicious.Length != 1 || suspicious[0] is not ((byte)'0' or (byte)'1'))
        {
            return Wrong("attributes.suspicious", "0 or 1", suspicious, "6 (suspicious)");
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
            Attributes = suspicious[0] == '1' ? Suspicious : AttributeMap.Empty,
        };
        return null;
    }

    private bool TryConditions(ReadOnlySpan<byte> text, out ConditionSet conditions)
    {
        conditions = ConditionSet.Empty;
        if (text.IsEmpty || text is [(byte)'0'])
        {
            return true;
        }

        return text.IndexOfAnyExcept(Hexadecimal) < 0 && pools.Conditions.TryGet(text, out conditions!);
    }
}
