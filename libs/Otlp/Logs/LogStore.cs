namespace StockAspire.Otlp.Logs;

/// <summary>
/// The newest log records, bounded by count and by bytes. Thread-safe; readers get lists of their own, in order of arrival.
/// </summary>
public sealed class LogStore : SignalStore
{
    private readonly Queue<LogEntry> _entries = new();
    private long _sequence;
    private long _bytes;

    internal LogStore(TelemetryLimits limits, SignalCounters counters)
        : base(limits, counters)
    {
    }

    public int Count
    {
        get
        {
            lock (Sync)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LogEntry> Find(LogFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Array.FindAll(Snapshot(), filter.Holds);
    }

    /// <summary>Names of the attributes that are there to filter by, in order of the alphabet.</summary>
    public IReadOnlyList<string> Fields() =>
        [.. Snapshot().SelectMany(entry => entry.Attributes).Select(attribute => attribute.Key).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Forgets what a filter by resource alone finds; everything for null.</summary>
    public void Clear(string? resource = null)
    {
        lock (Sync)
        {
            LogEntry[] kept = [.. _entries.Where(entry => !entry.Resource.IsNamed(resource))];
            _entries.Clear();
            _bytes = 0;
            foreach (var entry in kept)
            {
                Append(entry);
            }
        }

        Changes.Set();
    }

    internal void Add(IReadOnlyList<LogEntry> entries)
    {
        var evicted = 0;
        lock (Sync)
        {
            foreach (var entry in entries)
            {
                entry.Sequence = ++_sequence;
                Append(entry);
                while (_entries.Count > Limits.MaxLogCount || _bytes > Limits.MaxLogBytes)
                {
                    _bytes -= _entries.Dequeue().Size;
                    evicted++;
                }
            }
        }

        Report(entries.Count, dropped: 0, evicted);
    }

    /// <summary>Records are looked at outside the lock.</summary>
    private LogEntry[] Snapshot()
    {
        lock (Sync)
        {
            return [.. _entries];
        }
    }

    private void Append(LogEntry entry)
    {
        _entries.Enqueue(entry);
        _bytes += entry.Size;
    }
}
