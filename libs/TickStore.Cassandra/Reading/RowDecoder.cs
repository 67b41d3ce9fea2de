using System.Runtime.InteropServices;
using StockAspire.Cql;
using StockAspire.Market;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>Rows of a symbol to ticks; texts that come again are made once. For one scan; not thread-safe.</summary>
internal sealed class RowDecoder(string symbol)
{
    private readonly Utf8Names<string> _sources = new();
    private readonly Utf8Names<string> _venues = new();
    private readonly Utf8Names<ConditionSet> _conditions = new();
    private readonly AttributeJson _attributes = new();

    /// <param name="row">event_time, source, sequence, revision, payload.</param>
    public StoredTick Read(in CqlRow row)
    {
        var payload = row[4].GetFields();
        var precedence = payload.Next().GetBigint();
        var tick = new Tick
        {
            Symbol = symbol,
            EventTimeNs = row[0].GetBigint(),
            Id = new TickId(ReadText(_sources, row[1]), SequenceBytes.Read(row[2].Bytes)),
            Revision = (uint)row[3].GetBigint(),
            IngestTimeNs = payload.Next().GetBigint(),
            Price = new Price(payload.Next().GetBigint()),
            Size = new Size(payload.Next().GetBigint()),
            Venue = ReadText(_venues, payload.Next()),
            Conditions = ReadConditions(payload.Next()),
            Action = payload.Next() is { IsNull: false } action ? (TickAction)action.GetTinyint() : TickAction.New,
            Attributes = payload.Next() is { IsNull: false } attributes ? _attributes.Decode(attributes.GetTextUtf8()) : AttributeMap.Empty,
        };
        return new StoredTick(tick, long.MaxValue - precedence);
    }

    private static string ReadText(Utf8Names<string> names, CqlValue value)
    {
        if (value.IsNull)
            return string.Empty;
        return names.TryFind(value.Bytes, out var text) ? text : names.Add(value.Bytes, value.GetText());
    }

    /// <summary>The whole list is looked up by its bytes.</summary>
    private ConditionSet ReadConditions(CqlValue value)
    {
        if (value.IsNull)
            return ConditionSet.Empty;
        if (_conditions.TryFind(value.Bytes, out var conditions))
            return conditions;

        List<string> texts = [];
        foreach (var element in value.GetElements())
            texts.Add(element.GetText());
        return _conditions.Add(value.Bytes, ConditionSet.Of(CollectionsMarshal.AsSpan(texts)));
    }
}
