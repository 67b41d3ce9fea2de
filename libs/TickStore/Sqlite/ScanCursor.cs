using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// A scan between two of its pages: where to go on, so that no page depends on the connection that read the one before.
/// The table orders rows of one event time by the source's number, the canonical order by its name: a page therefore ends
/// where an event time ends, and its ties are sorted in memory. An event time with more rows than a page has is read
/// source by source (<see cref="WideTimeCursor"/>). Not thread-safe.
/// </summary>
internal sealed class ScanCursor
{
    /// <summary>Rows of a page at most: its array stays below the large object heap.</summary>
    public const int PageRowsMax = 768;

    private const int FirstPageRowsMin = 16;
    private const int PageGrowth = 4;

    private static readonly Comparison<StoredTick> Ascending = static (left, right) => left.Tick.Key.CompareTo(right.Tick.Key);
    private static readonly Comparison<StoredTick> Descending = static (left, right) => right.Tick.Key.CompareTo(left.Tick.Key);

    private readonly TickScan _scan;
    private readonly RevisionFilter _filter;
    private long _fromNs;
    private long _toNs;
    private int _pageRows = PageRowsMax;
    private WideTimeCursor? _wide;

    /// <param name="scan">What to read; its EndNs is not looked at.</param>
    /// <param name="lastNs">Event time of the last row, inclusive.</param>
    public ScanCursor(TickScan scan, long lastNs)
    {
        _scan = scan;
        _filter = new RevisionFilter(scan);
        _fromNs = scan.StartNs;
        _toNs = lastNs;

        // From the beginning of its event time: other revisions of the key's identity decide what is given.
        if (scan.After is { } after && scan.Descending)
            _toNs = Math.Min(_toNs, after.EventTimeNs);
        else if (scan.After is { } ascendingAfter)
            _fromNs = Math.Max(_fromNs, ascendingAfter.EventTimeNs);
        AtEnd = _fromNs > _toNs;

        // One row more than asked for, since the last event time of a full page is read again.
        if (scan.Limit is > 0 and < PageRowsMax)
            _pageRows = (int)Math.Clamp(scan.Limit + 1, FirstPageRowsMin, PageRowsMax);
    }

    public bool AtEnd { get; private set; }

    /// <summary>The next rows, perhaps none; the array is the caller's.</summary>
    public ReadOnlyMemory<StoredTick> ReadPage(SqliteReader reader)
    {
        if (!reader.TryFindSymbol(_scan.Symbol, out var id))
        {
            AtEnd = true;
            return default;
        }

        var symbol = new SymbolRef(_scan.Symbol, id);
        var rows = new StoredTick[_pageRows + 1];
        var page = rows.AsSpan(0, _pageRows);
        _pageRows = Math.Min(_pageRows * PageGrowth, PageRowsMax);
        var count = _wide is null ? ReadNarrow(reader, in symbol, page) : ReadWide(reader, in symbol, page, _wide);
        var given = _filter.Apply(rows, count, complete: _wide is null);
        AtEnd |= _filter.AtLimit;
        return rows.AsMemory(0, given);
    }

    private int ReadNarrow(SqliteReader reader, in SymbolRef symbol, Span<StoredTick> page)
    {
        var count = reader.ReadRange(in symbol, _fromNs, _toNs, _scan.Descending, page);
        if (count < page.Length)
        {
            AtEnd = true;
        }
        else
        {
            // The last event time may go on behind the page: it is left for the next one.
            var edgeNs = page[^1].Tick.EventTimeNs;
            while (count > 0 && page[count - 1].Tick.EventTimeNs == edgeNs)
                count--;
            if (count == 0)
            {
                _wide = new WideTimeCursor(_scan, edgeNs, reader.ReadSources(in symbol, edgeNs));
                return ReadWide(reader, in symbol, page, _wide);
            }

            GoOnAt(edgeNs);
        }

        SortTies(page[..count]);
        return count;
    }

    private int ReadWide(SqliteReader reader, in SymbolRef symbol, Span<StoredTick> page, WideTimeCursor wide)
    {
        var count = wide.Read(reader, in symbol, page);
        if (wide.AtEnd)
        {
            _wide = null;
            AtEnd = wide.EventTimeNs == (_scan.Descending ? _fromNs : _toNs);
            if (!AtEnd)
                GoOnAt(wide.EventTimeNs + (_scan.Descending ? -1 : 1));
        }

        return count;
    }

    private void GoOnAt(long eventTimeNs)
    {
        if (_scan.Descending)
            _toNs = eventTimeNs;
        else
            _fromNs = eventTimeNs;
    }

    private void SortTies(Span<StoredTick> rows)
    {
        for (int first = 0, end; first < rows.Length; first = end)
        {
            end = first + 1;
            while (end < rows.Length && rows[end].Tick.EventTimeNs == rows[first].Tick.EventTimeNs)
                end++;
            if (end - first > 1)
                rows[first..end].Sort(_scan.Descending ? Descending : Ascending);
        }
    }
}
