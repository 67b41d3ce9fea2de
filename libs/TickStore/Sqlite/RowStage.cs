using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StockAspire.Market;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// The rows of one transaction: checked, names turned into numbers (new names are inserted at once, within the open
/// transaction), then handed out in key order. Reused from transaction to transaction; the writer's thread only.
/// </summary>
internal sealed class RowStage(SqliteDatabase database) : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly NameTable<string> _symbols = new(database, "symbols", StringComparer.Ordinal, EncodeSymbol);
    private readonly NameTable<string> _sources = new(database, "sources", StringComparer.Ordinal, name => EncodeText("source", name, TickLimits.SourceSizeMax));
    private readonly NameTable<string> _venues = new(database, "venues", StringComparer.Ordinal, name => EncodeText("venue", name, TickLimits.VenueSizeMax));
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
            catch (Exception exception) when (exception is TickStoreRejectedException or EncoderFallbackException)
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
        CheckRow(in tick, stored.Position);
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

    private static void CheckRow(in Tick tick, long position)
    {
        // A scan's end is exclusive, so what happened at the last ns of int64 could never be read.
        if (tick.EventTimeNs is < TickLimits.EventTimeMinNs or long.MaxValue)
            throw new TickStoreRejectedException($"event_time_ns: expected {TickLimits.EventTimeMinNs} (1900) to {long.MaxValue - 1}, got {tick.EventTimeNs}.");
        if (tick.Action > TickAction.Cancel)
            throw new TickStoreRejectedException($"action: expected at most {(int)TickAction.Cancel}, got {(int)tick.Action}.");
        if (position < 0)
            throw new TickStoreRejectedException($"position: expected 0 or more, got {position}.");
        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            StrictUtf8.GetByteCount(name);
            StrictUtf8.GetByteCount(value.Text);
        }
    }

    private static byte[] EncodeSymbol(string name) => TickLimits.CheckSymbol(name) is { } fault
        ? throw new TickStoreRejectedException(fault.ToString())
        : StrictUtf8.GetBytes(name);

    private static byte[] EncodeText(string field, string name, int sizeMax) => TickLimits.CheckText(field, name, sizeMax) is { } fault
        ? throw new TickStoreRejectedException(fault.ToString())
        : StrictUtf8.GetBytes(name);

    private static byte[] EncodeConditions(ConditionSet conditions)
    {
        foreach (var condition in conditions.AsSpan())
            EncodeText("conditions", condition, TickLimits.ConditionSizeMax);
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
