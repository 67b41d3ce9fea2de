namespace StockAspire.Otlp.Logs;

/// <summary>
/// The newest log records, bounded by count and by bytes. Thread-safe; readers get lists of their own, in order of arrival.
/// </summary>
public sealed class LogStore
{
    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = new();
    private readonly TelemetryLimits _limits;
    private readonly SignalCounters _counters;
    private long _sequence;
    private long _bytes;

    internal LogStore(TelemetryLimits limits, SignalCounters counters)
    {
        _limits = limits;
        _counters = counters;
    }

    public TelemetryChanges Changes { get; } = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LogEntry> Find(LogFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        LogEntry[] entries;
        lock (_lock)
        {
            entries = [.. _entries];
        }

        return Array.FindAll(entries, filter.Holds);
    }

    /// <summary>Names of the attributes that are there to filter by, in order of the alphabet.</summary>
    public IReadOnlyList<string> Fields()
    {
        LogEntry[] entries;
        lock (_lock)
        {
            entries = [.. _entries];
        }

        return [.. entries.SelectMany(entry => entry.Attributes).Select(attribute => attribute.Key).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Forgets what a filter by resource alone finds; everything for null.</summary>
    public void Clear(string? resource = null)
    {
        lock (_lock)
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
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                entry.Sequence = ++_sequence;
                Append(entry);
                while (_entries.Count > _limits.MaxLogCount || _bytes > _limits.MaxLogBytes)
                {
                    _bytes -= _entries.Dequeue().Size;
                    evicted++;
                }
            }
        }

        _counters.Stored(entries.Count);
        _counters.Evicted(evicted);
        Changes.Set();
    }

    private void Append(LogEntry entry)
    {
        _entries.Enqueue(entry);
        _bytes += entry.Size;
    }
}
