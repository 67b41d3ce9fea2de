using StockAspire.Cql;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>
/// The server's pages to the pages of a scan: rows decoded, in canonical order, filtered by revision, in arrays that are the caller's
/// to keep. For one scan; not thread-safe.
/// </summary>
/// <remarks>
/// The server orders sources by their UTF-8, the canonical order by UTF-16. The two differ only between names that have characters
/// from U+D800 on, so only a run of neighbours of one event time with such names is held and sorted; all else goes through.
/// </remarks>
internal sealed class TickPages(TickScan scan)
{
    /// <summary>Rows of a page at most: its array stays below the large object heap.</summary>
    public const int PageRowsMax = 768;

    private static readonly Comparison<StoredTick> Ascending = static (left, right) => left.Tick.Key.CompareTo(right.Tick.Key);
    private static readonly Comparison<StoredTick> Descending = static (left, right) => right.Tick.Key.CompareTo(left.Tick.Key);

    private readonly RowDecoder _decoder = new(scan.Symbol);
    private readonly RevisionFilter _filter = new(scan);
    private StoredTick[] _rows = [];
    private int _count;

    /// <summary>Where the run begins that may have to be sorted; -1 where the last row is in none.</summary>
    private int _run = -1;

    private string? _lastSource;
    private bool _isLastSourceMoved;

    public bool AtLimit => _filter.AtLimit;

    /// <summary>Adds what the page gives to <paramref name="pages"/>.</summary>
    /// <param name="endsPartition">Whether the next page is of another bucket, so that no tie and no revision goes on in it.</param>
    public void Add(CqlResult result, bool endsPartition, List<ReadOnlyMemory<StoredTick>> pages)
    {
        var left = result.RowCount;
        foreach (var row in result)
        {
            if (AtLimit)
                return;
            if (_count + 1 >= _rows.Length)
                MakeRoom(left, pages);
            Append(_decoder.Read(in row));
            left--;
        }

        if (endsPartition)
            EndRun();
        Flush(pages, endsPartition);
    }

    private void Append(StoredTick row)
    {
        if (_run >= 0 && (!IsMoved(row.Tick.Id.Source) || row.Tick.EventTimeNs != _rows[_count - 1].Tick.EventTimeNs))
            EndRun();
        if (_run < 0 && IsMoved(row.Tick.Id.Source))
            _run = _count;
        _rows[_count++] = row;
    }

    /// <summary>Whether UTF-8 and UTF-16 may place the name differently.</summary>
    private bool IsMoved(string source)
    {
        if (!ReferenceEquals(source, _lastSource))
        {
            _lastSource = source;
            _isLastSourceMoved = source.AsSpan().ContainsAnyInRange('\uD800', '\uFFFF');
        }

        return _isLastSourceMoved;
    }

    private void EndRun()
    {
        if (_run >= 0 && _count - _run > 1)
            _rows.AsSpan(_run, _count - _run).Sort(scan.Descending ? Descending : Ascending);
        _run = -1;
    }

    /// <summary>Gives a full page, unless all of it is one run, which then gets a longer array.</summary>
    private void MakeRoom(int left, List<ReadOnlyMemory<StoredTick>> pages)
    {
        if (_count >= PageRowsMax && _run != 0)
            Flush(pages, complete: false);
        var room = _count < PageRowsMax ? Math.Min(_count + left, PageRowsMax) : 2 * _count;

        // One more for the row that the filter may hold from before.
        Array.Resize(ref _rows, room + 1);
    }

    /// <summary>Gives what is before the run; the run goes over to the next array.</summary>
    private void Flush(List<ReadOnlyMemory<StoredTick>> pages, bool complete)
    {
        var end = _run >= 0 ? _run : _count;
        if (end == 0 && !complete)
            return;

        // The filter needs room for the row that it may hold from before.
        if (_rows.Length == end)
            Array.Resize(ref _rows, end + 1);
        var rows = _rows;
        _rows = rows[end.._count];
        (_count, _run) = (_rows.Length, _rows.Length > 0 ? 0 : -1);
        var given = _filter.Apply(rows, end, complete);
        if (given > 0)
            pages.Add(rows.AsMemory(0, given));
    }
}
