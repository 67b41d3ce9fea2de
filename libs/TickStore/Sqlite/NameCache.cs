namespace StockAspire.TickStore.Sqlite;

/// <summary>Names by number, as one reader connection has met them. They never change, so what was read once stays true.</summary>
internal sealed class NameCache<T>(SqliteDatabase database, string table, T empty, Func<byte[], T> decode) : IDisposable
    where T : class
{
    /// <summary>Names remembered; past it all are forgotten, which costs a look-up each.</summary>
    private const int RememberedMax = 1 << 16;

    private readonly SqliteStatement _select = database.Prepare($"SELECT name FROM {table} WHERE id = ?1");
    private readonly Dictionary<long, T> _names = [];
    private long _lastId;
    private T? _last;

    /// <summary>0 is the empty name.</summary>
    public T NameOf(long id)
    {
        if (id == 0)
            return empty;
        if (id == _lastId && _last is not null)
            return _last;

        if (!_names.TryGetValue(id, out var name))
        {
            name = Read(id);
            if (_names.Count >= RememberedMax)
                _names.Clear();
            _names.Add(id, name);
        }

        _lastId = id;
        _last = name;
        return name;
    }

    public void Dispose() => _select.Dispose();

    private T Read(long id)
    {
        _select.Bind(1, id);
        if (!_select.Step())
            throw new TickStoreSchemaException($"{database.Path} is damaged: a row names {id} of {table}, which is not there.");
        var name = decode(_select.Utf8(0).ToArray());
        _select.Reset();
        return name;
    }
}
