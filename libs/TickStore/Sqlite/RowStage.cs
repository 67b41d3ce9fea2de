using System.Text.Encodings.Web;
using System.Text.Json;
using StockAspire.Market;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// The rows of one transaction: checked, names turned into numbers (new names are inserted at once, within the open
/// transaction), then handed out in key order. Reused from transaction to transaction; the writer's thread only.
/// </summary>
internal sealed class RowStage(SqliteDatabase database) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly NameTable<string> _symbols = new(database, "symbols", StringComparer.Ordinal, EncodeSymbol);
    private readonly NameTable<string> _sources = new(database, "sources", StringComparer.Ordinal, EncodeSource);
    private readonly NameTable<string> _venues = new(database, "venues", StringComparer.Ordinal, EncodeVenue);
    private readonly NameTable<ConditionSet> _conditionSets = new(database, "condition_sets", EqualityComparer<ConditionSet>.Default, EncodeConditions);
    private readonly StagedRowOrder _order = new();
    private StagedRow[] _rows = new StagedRow[1024];
    private int[] _indexes = new int[1024];
    private bool _sorted = true;

    public int Count { get; private set; }

    /// <summary>All rows of one caller, or none of them.</summary>
    /// <exception cref="TickStoreRejectedException">A row can never be stored; none of the caller's rows is staged.</exception>
    public void Add(ReadOnlySpan<StoredTick> rows)
    {
        Reserve(rows.Length);
        var first = Count;
        var sorted = _sorted;
        for (var i = 0; i < rows.Length; i++)
        {
            try
            {
                Stage(in rows[i], ref _rows[Count]);
            }
            catch (TickStoreRejectedException exception)
            {
                Count = first;
                _sorted = sorted;
                throw new TickStoreRejectedException($"Row {i} of {rows.Length} ({rows[i].Tick.Id}): {exception.Message}", exception);
            }

            if (_sorted && Count > 0 && StagedRowOrder.CompareRows(in _rows[Count - 1], in _rows[Count]) > 0)
                _sorted = false;
            Count++;
        }
    }

    /// <summary>Indexes for <see cref="Row"/> in key order.</summary>
    public ReadOnlySpan<int> InKeyOrder()
    {
        for (var i = 0; i < Count; i++)
            _indexes[i] = i;
        if (!_sorted)
        {
            _order.Rows = _rows;
            Array.Sort(_indexes, 0, Count, _order);
        }

        return _indexes.AsSpan(0, Count);
    }

    public ref readonly StagedRow Row(int index) => ref _rows[index];

    public void Committed()
    {
        Clear();
        _symbols.Committed();
        _sources.Committed();
        _venues.Committed();
        _conditionSets.Committed();
    }

    public void RolledBack()
    {
        Clear();
        _symbols.RolledBack();
        _sources.RolledBack();
        _venues.RolledBack();
        _conditionSets.RolledBack();
    }

    public void Dispose()
    {
        _symbols.Dispose();
        _sources.Dispose();
        _venues.Dispose();
        _conditionSets.Dispose();
    }

    private void Clear()
    {
        Count = 0;
        _sorted = true;
    }

    private void Stage(in StoredTick stored, ref StagedRow row)
    {
        var tick = stored.Tick;
        RowChecks.CheckValues(in stored);
        row.SymbolId = _symbols.IdOf(tick.Symbol);
        row.SourceId = _sources.IdOf(tick.Id.Source);
        row.VenueId = tick.Venue.Length == 0 ? 0 : _venues.IdOf(tick.Venue);
        row.ConditionSetId = tick.Conditions.Count == 0 ? 0 : _conditionSets.IdOf(tick.Conditions);
        row.EventTimeNs = tick.EventTimeNs;
        row.Sequence = unchecked((long)tick.Id.Sequence);
        row.Revision = tick.Revision;
        row.Position = stored.Position;
        row.IngestTimeNs = tick.IngestTimeNs;
        row.PriceE9 = tick.Price.E9;
        row.SizeE8 = tick.Size.E8;
        row.Action = tick.Action;
        row.Attributes = tick.Attributes.Count == 0 ? null : tick.Attributes;
    }

    private static byte[] EncodeSymbol(string name)
    {
        RowChecks.CheckSymbol(name);
        return RowChecks.StrictUtf8.GetBytes(name);
    }

    private static byte[] EncodeSource(string name)
    {
        RowChecks.CheckSource(name);
        return RowChecks.StrictUtf8.GetBytes(name);
    }

    private static byte[] EncodeVenue(string name)
    {
        RowChecks.CheckVenue(name);
        return RowChecks.StrictUtf8.GetBytes(name);
    }

    private static byte[] EncodeConditions(ConditionSet conditions)
    {
        RowChecks.CheckConditions(conditions);
        return JsonSerializer.SerializeToUtf8Bytes(conditions, Json);
    }

    private void Reserve(int more)
    {
        if (_rows.Length - Count >= more)
            return;
        var capacity = Math.Max(_rows.Length * 2, Count + more);
        Array.Resize(ref _rows, capacity);
        Array.Resize(ref _indexes, capacity);
    }
}
