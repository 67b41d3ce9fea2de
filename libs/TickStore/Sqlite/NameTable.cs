using System.Text;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// Numbers for the names of one dictionary table, given out by the writer. Numbers never change and are never taken back,
/// so what was committed once may be remembered for ever. Used by the writer's thread only.
/// </summary>
/// <param name="database">The writer's connection.</param>
/// <param name="table">The dictionary table.</param>
/// <param name="comparer">What makes two names one.</param>
/// <param name="encode">The name as UTF-8; throws for what has none.</param>
internal sealed class NameTable<T>(SqliteDatabase database, string table, IEqualityComparer<T> comparer, Func<T, byte[]> encode) : IDisposable
    where T : class
{
    /// <summary>Names remembered; every gRPC session is a source, so without a limit a long-lived Sink would grow.</summary>
    private const int RememberedMax = 1 << 18;

    // The update that changes nothing makes RETURNING give the number of a name that is there already.
    private readonly SqliteStatement _upsert = database.Prepare(
        $"INSERT INTO {table} (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id");

    private readonly Dictionary<T, int> _ids = new(comparer);
    private readonly List<T> _uncommitted = [];
    private T? _last;
    private int _lastId;

    /// <summary>The name's number, above 0; a new name is inserted within the open transaction.</summary>
    /// <exception cref="EncoderFallbackException">The name is not well-formed UTF-16.</exception>
    public int IdOf(T name)
    {
        if (ReferenceEquals(name, _last))
            return _lastId;

        if (!_ids.TryGetValue(name, out var id))
            id = Insert(name);
        _last = name;
        _lastId = id;
        return id;
    }

    public void Committed() => _uncommitted.Clear();

    public void RolledBack()
    {
        foreach (var name in _uncommitted)
            _ids.Remove(name);
        _uncommitted.Clear();
        _last = null;
    }

    public void Dispose() => _upsert.Dispose();

    private int Insert(T name)
    {
        _upsert.BindText(1, encode(name));
        _upsert.Step();
        var id = checked((int)_upsert.Int64(0));
        _upsert.Reset();
        if (_ids.Count >= RememberedMax)
            _ids.Clear();
        _ids.Add(name, id);
        _uncommitted.Add(name);
        return id;
    }
}
