namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// All symbols in ordinal order. It is kept in memory because SQLite compares names as UTF-8 bytes, which for some
/// characters differs from the ordinal order of UTF-16. Grows by what is new at each use. Thread-safe.
/// </summary>
internal sealed class SymbolDirectory
{
    private readonly Lock _lock = new();
    private readonly List<(string Name, int Id)> _symbols = [];
    private int _lastId;

    public List<SymbolBuckets> List(SqliteReader reader, string after, int limit)
    {
        var listed = new List<SymbolBuckets>();
        lock (_lock)
        {
            Refresh(reader);
            for (var i = FirstAbove(after); i < _symbols.Count && listed.Count < limit; i++)
            {
                // A name without a bucket came with rows that were rejected.
                if (reader.ReadBuckets(_symbols[i].Id) is { } range)
                    listed.Add(new SymbolBuckets(_symbols[i].Name, reader.Plan.StartOf(range.First), reader.Plan.StartOf(range.Last + 1)));
            }
        }

        return listed;
    }

    private void Refresh(SqliteReader reader)
    {
        var added = reader.ReadSymbols(_lastId);
        if (added.Count == 0)
            return;
        _lastId = added.Max(symbol => symbol.Id);
        _symbols.AddRange(added);
        _symbols.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
    }

    private int FirstAbove(string after)
    {
        int low = 0, high = _symbols.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_symbols[middle].Name, after) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
