namespace StockAspire.Query.Pipeline;

/// <summary>
/// How many ticks of one partition were published, and how many of them lie below an offset that the Sink committed.
/// Keeps an entry for each record that is not yet stored, at most <see cref="EntriesMax"/>: beyond it neighbours are
/// merged in pairs, so that the stored count moves in coarser steps but is never too high. Thread-safe.
/// </summary>
internal sealed class PartitionLedger(int entriesMax = PartitionLedger.EntriesMax)
{
    public const int EntriesMax = 65_536;

    private readonly Lock _lock = new();

    // Ascending by offset; the first _first of them are stored.
    private readonly List<Entry> _entries = [];
    private int _first;
    private long _published;
    private long _stored;
    private long _committed = -1;

    /// <summary>Adds the next record.</summary>
    /// <param name="offset">Higher than any before.</param>
    /// <param name="rows">Ticks in it.</param>
    /// <param name="ingestTimeNs">When the first of them was ingested, ns since the Unix epoch.</param>
    public void Publish(long offset, int rows, long ingestTimeNs)
    {
        lock (_lock)
        {
            _published += rows;
            if (offset < _committed)
            {
                _stored = _published;
                return;
            }

            if (_entries.Count == entriesMax)
            {
                Compact();
            }

            _entries.Add(new Entry(offset, _published, ingestTimeNs));
        }
    }

    /// <summary>Records below <paramref name="offset"/> are stored.</summary>
    public void Commit(long offset)
    {
        lock (_lock)
        {
            _committed = Math.Max(_committed, offset);
            while (_first < _entries.Count && _entries[_first].Offset < _committed)
            {
                _stored = _entries[_first++].Published;
            }
        }
    }

    public LedgerReading Read()
    {
        lock (_lock)
        {
            return new LedgerReading(_published, _stored, _first < _entries.Count ? _entries[_first].IngestTimeNs : null);
        }
    }

    private void Compact()
    {
        _entries.RemoveRange(0, _first);
        _first = 0;
        if (_entries.Count < entriesMax)
        {
            return;
        }

        // A pair counts as stored when its later record is; it is as old as its earlier one.
        var kept = 0;
        for (var i = 0; i < _entries.Count; i += 2)
        {
            var later = _entries[Math.Min(i + 1, _entries.Count - 1)];
            _entries[kept++] = later with { IngestTimeNs = _entries[i].IngestTimeNs };
        }

        _entries.RemoveRange(kept, _entries.Count - kept);
    }

    /// <param name="Published">Ticks up to and with this record.</param>
    private readonly record struct Entry(long Offset, long Published, long IngestTimeNs);
}

/// <param name="Published">Ticks seen.</param>
/// <param name="Stored">Of those, stored.</param>
/// <param name="OldestUnstoredNs">Ingest time of the oldest that is not stored; null where all are.</param>
internal readonly record struct LedgerReading(long Published, long Stored, long? OldestUnstoredNs);
