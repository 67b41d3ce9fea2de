using System.Collections.Frozen;

namespace StockAspire.Feeds.Json;

internal enum JsonTickField
{
    Symbol,
    Time,
    Price,
    Size,
    Venue,
    Conditions,
}

/// <summary>What foreign producers call the fields of a tick. Where a message has several names of one field, the first listed counts.</summary>
internal static class JsonTickNames
{
    private static readonly FrozenDictionary<string, (JsonTickField Field, int Rank)> Names = new (JsonTickField Field, string[] Names)[]
    {
        (JsonTickField.Symbol, ["symbol", "s", "ticker", "sym", "index"]),
        (JsonTickField.Time, ["time", "timestamp", "ts", "t", "event_time", "date"]),
        (JsonTickField.Price, ["price", "p", "last", "close"]),
        (JsonTickField.Size, ["size", "qty", "quantity", "volume", "v"]),
        (JsonTickField.Venue, ["exchange", "venue", "x"]),
        (JsonTickField.Conditions, ["conditions", "c"]),
    }
        .SelectMany(field => field.Names.Select((name, rank) => (name, field.Field, rank)))
        .ToFrozenDictionary(entry => entry.name, entry => (entry.Field, entry.rank), StringComparer.OrdinalIgnoreCase);

    public static bool TryFind(string name, out JsonTickField field, out int rank)
    {
        var known = Names.TryGetValue(name, out var entry);
        (field, rank) = entry;
        return known;
    }
}
