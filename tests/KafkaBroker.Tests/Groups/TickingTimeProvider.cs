using Microsoft.Extensions.Time.Testing;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>
/// A clock that goes on a little with each look at it, as real ones do, and whose timers may be early by its own measure, as real
/// ones are: they go by another clock.
/// </summary>
internal sealed class TickingTimeProvider : FakeTimeProvider
{
    /// <summary>What passes between two looks at the clock.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMicroseconds(1);

    private TimeSpan _ahead;

    /// <summary>Sets the clock back against the timers; it catches up as it is looked at.</summary>
    public void LetNextTimersBeEarlyBy(TimeSpan time) => _ahead -= time;

    public override long GetTimestamp()
    {
        _ahead += Step;
        return base.GetTimestamp() + (_ahead.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);
    }
}
