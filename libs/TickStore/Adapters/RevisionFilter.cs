using StockAspire.Market;

namespace StockAspire.TickStore.Adapters;

/// <summary>
/// Rows in scan order to what the scan gives: of each identity the highest revision known by then, unless it is a
/// cancellation; only keys beyond where the scan goes on; and no more than its limit. Revisions of an identity are
/// neighbours (they have one event time), so one row is remembered, across pages too.
/// </summary>
internal sealed class RevisionFilter(TickScan scan)
{
    private StoredTick _held;
    private bool _holds;
    private long _given;

    public bool AtLimit => scan.Limit != 0 && _given >= scan.Limit;

    /// <summary>
    /// Rewrites the first <paramref name="count"/> of <paramref name="rows"/> to what is given; their number. There must be
    /// room for one row more, which an earlier page may have left.
    /// </summary>
    /// <param name="complete">Whether no later row can be of the last row's identity.</param>
    public int Apply(Span<StoredTick> rows, int count, bool complete)
    {
        var given = 0;
        for (var i = 0; i < count; i++)
        {
            if (rows[i].Tick.IngestTimeNs > scan.KnownAtNs)
                continue;
            if (scan.AllRevisions)
                Give(rows, ref given, rows[i]);
            else if (scan.Descending)
                Descend(rows, ref given, rows[i]);
            else
                Ascend(rows, ref given, rows[i]);
        }

        if (complete && _holds)
        {
            _holds = false;
            if (!scan.Descending)
                Give(rows, ref given, _held);
        }

        return given;
    }

    /// <summary>Upwards the last revision counts: a row is given once the next identity begins.</summary>
    private void Ascend(Span<StoredTick> rows, ref int given, in StoredTick row)
    {
        // Copied first: the row held is given into the place of a row that was read already, this one perhaps.
        var next = row;
        if (_holds && !IsSameIdentity(in _held, in next))
            Give(rows, ref given, _held);
        _held = next;
        _holds = true;
    }

    /// <summary>Downwards the first revision counts, the others of its identity are passed over.</summary>
    private void Descend(Span<StoredTick> rows, ref int given, in StoredTick row)
    {
        if (_holds && IsSameIdentity(in _held, in row))
            return;
        _held = row;
        _holds = true;
        Give(rows, ref given, _held);
    }

    private void Give(Span<StoredTick> rows, ref int given, in StoredTick row)
    {
        if (AtLimit || (row.Tick.Action == TickAction.Cancel && !scan.AllRevisions))
            return;
        if (scan.After is { } after && (scan.Descending ? row.Tick.Key >= after : row.Tick.Key <= after))
            return;
        rows[given++] = row;
        _given++;
    }

    private static bool IsSameIdentity(in StoredTick left, in StoredTick right) =>
        left.Tick.EventTimeNs == right.Tick.EventTimeNs && left.Tick.Id == right.Tick.Id;
}
