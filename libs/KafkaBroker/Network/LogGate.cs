using System.Diagnostics;

namespace StockAspire.KafkaBroker.Network;

/// <summary>Lets one line a second through and counts the others: a flood of connections must not become a flood of lines. Thread-safe.</summary>
internal sealed class LogGate
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _lastTimestamp;
    private int _suppressed;

    /// <summary>Whether to log now; <paramref name="suppressed"/> is how many were not logged since the last that was.</summary>
    public bool TryPass(out int suppressed)
    {
        lock (_gate)
        {
            if (_lastTimestamp is { } last && Stopwatch.GetElapsedTime(last) < Interval)
            {
                suppressed = 0;
                _suppressed++;
                return false;
            }

            (suppressed, _suppressed) = (_suppressed, 0);
            _lastTimestamp = Stopwatch.GetTimestamp();
            return true;
        }
    }
}
