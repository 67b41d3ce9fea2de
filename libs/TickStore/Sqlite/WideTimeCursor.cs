namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// Reads one event time with many rows in canonical order: source by source in the order of their names, and each source's
/// sequences below 2^63 apart from those above, which are negative in the table. Not thread-safe.
/// </summary>
internal sealed class WideTimeCursor
{
    private readonly bool _descending;
    private readonly List<(string Name, int Id)> _sources;
    private int _source;
    private bool _inSecondHalf;
    private (long Sequence, long Revision) _beyond;

    public WideTimeCursor(TickScan scan, long eventTimeNs, List<(string Name, int Id)> sources)
    {
        EventTimeNs = eventTimeNs;
        _descending = scan.Descending;
        _sources = sources;
        _sources.Sort((left, right) => _descending
            ? string.CompareOrdinal(right.Name, left.Name)
            : string.CompareOrdinal(left.Name, right.Name));

        // Sources that the scan has behind it are not read again.
        if (scan.After is { } after && after.EventTimeNs == eventTimeNs)
            _sources.RemoveAll(source => string.CompareOrdinal(source.Name, after.Source) is var order && (_descending ? order > 0 : order < 0));
        BeginHalf(second: false);
    }

    public long EventTimeNs { get; }

    public bool AtEnd => _source == _sources.Count;

    /// <summary>Fills the page as far as there are rows; their number.</summary>
    public int Read(SqliteReader reader, in SymbolRef symbol, Span<StoredTick> page)
    {
        var count = 0;
        while (count < page.Length && !AtEnd)
        {
            var room = page[count..];
            var read = reader.ReadSource(in symbol, EventTimeNs, _sources[_source].Id, _beyond, LastSequence, _descending, room);
            count += read;
            if (read == room.Length)
            {
                var last = room[^1].Tick;
                _beyond = (unchecked((long)last.Id.Sequence), last.Revision);
            }
            else if (_inSecondHalf)
            {
                _source++;
                BeginHalf(second: false);
            }
            else
            {
                BeginHalf(second: true);
            }
        }

        return count;
    }

    /// <summary>Whether the half being read is that of the sequences from 2^63 on.</summary>
    private bool IsUpperHalf => _inSecondHalf != _descending;

    /// <summary>The half's last sequence in the scan's direction, as the table has it.</summary>
    private long LastSequence => (IsUpperHalf, _descending) switch
    {
        (false, false) => long.MaxValue,
        (false, true) => 0,
        (true, false) => -1,
        (true, true) => long.MinValue,
    };

    private void BeginHalf(bool second)
    {
        _inSecondHalf = second;
        _beyond = (IsUpperHalf, _descending) switch
        {
            (false, false) => (0, -1),
            (false, true) => (long.MaxValue, long.MaxValue),
            (true, false) => (long.MinValue, -1),
            (true, true) => (-1, long.MaxValue),
        };
    }
}
