using System.Diagnostics;

namespace StockAspire.Fault.Tests;

/// <summary>The longest time in which something did not move. One thread moves it, any may look.</summary>
internal sealed class Standstill
{
    private long _movedAt = Stopwatch.GetTimestamp();
    private long _longest;

    /// <summary>What is still going on counts.</summary>
    public TimeSpan Longest
    {
        get
        {
            var now = Stopwatch.GetElapsedTime(Volatile.Read(ref _movedAt));
            var longest = new TimeSpan(Volatile.Read(ref _longest));
            return now > longest ? now : longest;
        }
    }

    public void Moved()
    {
        Volatile.Write(ref _longest, Longest.Ticks);
        Volatile.Write(ref _movedAt, Stopwatch.GetTimestamp());
    }
}
