using System.Text;
using System.Text.Json;
using StockAspire.Market;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// A connection that only reads, with its statements. No call leaves a statement open, so that a slow consumer of a scan
/// never holds up the writer's checkpoints. One thread at a time.
/// </summary>
internal sealed class SqliteReader : IDisposable
{
    private const string Columns =
        "SELECT event_time, source_id, sequence, revision, position, ingest_time, price, size, venue_id, condition_set_id, action, attributes FROM ticks";

    private const int SymbolsRememberedMax = 1 << 16;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _symbol;
    private readonly SqliteStatement _rangeUp;
    private readonly SqliteStatement _rangeDown;
    private readonly SqliteStatement _sourceUp;
    private readonly SqliteStatement _sourceDown;
    private readonly SqliteStatement _nextSource;
    private readonly SqliteStatement _buckets;
    private readonly NameCache<string> _sources;
    private readonly NameCache<string> _venues;
    private readonly NameCache<ConditionSet> _conditionSets;
    private readonly AttributeJson _attributes = new();
    private readonly Dictionary<string, int> _symbolIds = new(StringComparer.Ordinal);

    private SqliteReader(SqliteDatabase database, TickStorePlan plan)
    {
        _database = database;
        Plan = plan;
        _symbol = database.Prepare("SELECT id FROM symbols WHERE name = ?1");
        const string Range = " WHERE symbol_id = ?1 AND event_time >= ?2 AND event_time <= ?3";
        _rangeUp = database.Prepare(Columns + Range + " ORDER BY event_time, source_id, sequence, revision LIMIT ?4");
        _rangeDown = database.Prepare(Columns + Range + " ORDER BY event_time DESC, source_id DESC, sequence DESC, revision DESC LIMIT ?4");
        const string OneSource = " WHERE symbol_id = ?1 AND event_time = ?2 AND source_id = ?3";
        _sourceUp = database.Prepare(Columns + OneSource + " AND (sequence, revision) > (?4, ?5) AND sequence <= ?6 ORDER BY sequence, revision LIMIT ?7");
        _sourceDown = database.Prepare(Columns + OneSource + " AND (sequence, revision) < (?4, ?5) AND sequence >= ?6 ORDER BY sequence DESC, revision DESC LIMIT ?7");
        _nextSource = database.Prepare("SELECT source_id FROM ticks WHERE symbol_id = ?1 AND event_time = ?2 AND source_id > ?3 ORDER BY source_id LIMIT 1");
        _buckets = database.Prepare("""
            SELECT (SELECT bucket FROM tick_buckets WHERE symbol_id = ?1 ORDER BY bucket LIMIT 1),
                (SELECT bucket FROM tick_buckets WHERE symbol_id = ?1 ORDER BY bucket DESC LIMIT 1)
            """);
        _sources = new NameCache<string>(database, "sources", string.Empty, Encoding.UTF8.GetString);
        _venues = new NameCache<string>(database, "venues", string.Empty, Encoding.UTF8.GetString);
        _conditionSets = new NameCache<ConditionSet>(
            database, "condition_sets", ConditionSet.Empty, json => ConditionSet.Of(JsonSerializer.Deserialize<string[]>(json) ?? []));
    }

    public TickStorePlan Plan { get; }

    /// <exception cref="TickStoreUnavailableException">There is no store yet.</exception>
    public static SqliteReader Open(string path, TimeSpan busyTimeout)
    {
        if (!File.Exists(path))
            throw new TickStoreUnavailableException($"{path} does not exist yet; the Sink makes it.");

        var database = SqliteDatabase.Open(path, readOnly: true, busyTimeout);
        try
        {
            return SqliteSchema.IsMade(database)
                ? new SqliteReader(database, SqliteSchema.ReadPlan(database))
                : throw new TickStoreUnavailableException($"{path} is empty yet; the Sink makes its tables.");
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The symbol's number; false where nothing of it was ever stored.</summary>
    public bool TryFindSymbol(string symbol, out int id)
    {
        if (_symbolIds.TryGetValue(symbol, out id))
            return true;

        _symbol.BindText(1, Encoding.UTF8.GetBytes(symbol));
        if (!_symbol.Step())
            return false;
        id = checked((int)_symbol.Int64(0));
        _symbol.Reset();
        if (_symbolIds.Count >= SymbolsRememberedMax)
            _symbolIds.Clear();
        _symbolIds.Add(symbol, id);
        return true;
    }

    /// <summary>
    /// Fills <paramref name="rows"/> with the rows of [fromNs, toNs] from the range's beginning (or end, descending), ordered by
    /// event time; rows of one event time come in the table's order, which is not the canonical one. The count.
    /// </summary>
    public int ReadRange(in SymbolRef symbol, long fromNs, long toNs, bool descending, Span<StoredTick> rows)
    {
        var statement = descending ? _rangeDown : _rangeUp;
        statement.Bind(1, symbol.Id);
        statement.Bind(2, fromNs);
        statement.Bind(3, toNs);
        statement.Bind(4, rows.Length);
        return ReadRows(statement, symbol.Name, rows);
    }

    /// <summary>
    /// Fills <paramref name="rows"/> with the rows of one event time and source beyond (sequence, revision), up to
    /// <paramref name="lastSequence"/>; sequences compare as int64. The count.
    /// </summary>
    public int ReadSource(
        in SymbolRef symbol, long eventTimeNs, int sourceId, (long Sequence, long Revision) beyond, long lastSequence, bool descending, Span<StoredTick> rows)
    {
        var statement = descending ? _sourceDown : _sourceUp;
        statement.Bind(1, symbol.Id);
        statement.Bind(2, eventTimeNs);
        statement.Bind(3, sourceId);
        statement.Bind(4, beyond.Sequence);
        statement.Bind(5, beyond.Revision);
        statement.Bind(6, lastSequence);
        statement.Bind(7, rows.Length);
        return ReadRows(statement, symbol.Name, rows);
    }

    /// <summary>The sources with rows of one symbol at one event time, by one look-up each.</summary>
    public List<(string Name, int Id)> ReadSources(in SymbolRef symbol, long eventTimeNs)
    {
        var sources = new List<(string Name, int Id)>();
        var last = 0L;
        while (true)
        {
            _nextSource.Bind(1, symbol.Id);
            _nextSource.Bind(2, eventTimeNs);
            _nextSource.Bind(3, last);
            if (!_nextSource.Step())
                return sources;
            last = _nextSource.Int64(0);
            _nextSource.Reset();
            sources.Add((_sources.NameOf(last), checked((int)last)));
        }
    }

    /// <summary>Symbols numbered above <paramref name="id"/>.</summary>
    public List<(string Name, int Id)> ReadSymbols(int id)
    {
        var symbols = new List<(string Name, int Id)>();
        using var select = _database.Prepare("SELECT id, name FROM symbols WHERE id > ?1");
        select.Bind(1, id);
        while (select.Step())
            symbols.Add((Encoding.UTF8.GetString(select.Utf8(1)), checked((int)select.Int64(0))));
        return symbols;
    }

    /// <summary>Lowest and highest listed bucket; null where none is.</summary>
    public (long First, long Last)? ReadBuckets(int symbolId)
    {
        _buckets.Bind(1, symbolId);
        _buckets.Step();
        (long, long)? range = _buckets.IsNull(0) ? null : (_buckets.Int64(0), _buckets.Int64(1));
        _buckets.Reset();
        return range;
    }

    /// <summary>The topic's epoch; null where no writer has registered it.</summary>
    public int? FindTopic(Guid topicId)
    {
        using var select = _database.Prepare("SELECT epoch FROM topic_epochs WHERE topic_id = ?1");
        select.BindText(1, Encoding.UTF8.GetBytes(topicId.ToString("D")));
        return select.Step() ? (int)select.Int64(0) : null;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _symbol, _rangeUp, _rangeDown, _sourceUp, _sourceDown, _nextSource, _buckets })
            statement.Dispose();
        _sources.Dispose();
        _venues.Dispose();
        _conditionSets.Dispose();
        _database.Dispose();
    }

    private int ReadRows(SqliteStatement statement, string symbol, Span<StoredTick> rows)
    {
        var count = 0;
        while (statement.Step())
            rows[count++] = ReadRow(statement, symbol);
        return count;
    }

    private StoredTick ReadRow(SqliteStatement row, string symbol)
    {
        var attributes = row.Utf8(11);
        var tick = new Tick
        {
            EventTimeNs = row.Int64(0),
            Id = new TickId(_sources.NameOf(row.Int64(1)), unchecked((ulong)row.Int64(2))),
            Symbol = symbol,
            Revision = (uint)row.Int64(3),
            IngestTimeNs = row.Int64(5),
            Price = new Price(row.Int64(6)),
            Size = new Size(row.Int64(7)),
            Venue = _venues.NameOf(row.Int64(8)),
            Conditions = _conditionSets.NameOf(row.Int64(9)),
            Action = (TickAction)row.Int64(10),
            Attributes = attributes.IsEmpty ? AttributeMap.Empty : _attributes.Decode(attributes),
        };
        return new StoredTick(tick, row.Int64(4));
    }
}

/// <summary>A symbol and its number.</summary>
internal readonly record struct SymbolRef(string Name, int Id);
