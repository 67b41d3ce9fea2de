namespace StockAspire.Otlp;

/// <summary>What is kept of one signal: within limits, accounted for, and with word to readers after each change.</summary>
public abstract class SignalStore
{
    private readonly SignalCounters _counters;

    private protected SignalStore(TelemetryLimits limits, SignalCounters counters)
    {
        Limits = limits;
        _counters = counters;
    }

    public TelemetryChanges Changes { get; } = new();

    private protected Lock Sync { get; } = new();

    private protected TelemetryLimits Limits { get; }

    /// <summary>Counts items after they were added, outside the lock.</summary>
    private protected void Report(long stored, long dropped, long evicted)
    {
        _counters.Stored(stored);
        _counters.DroppedByLimit(dropped);
        _counters.Evicted(evicted);
        Changes.Set();
    }
}
