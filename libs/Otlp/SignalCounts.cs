namespace StockAspire.Otlp;

/// <summary>What became of the spans, data points or log records of one signal since the start.</summary>
/// <param name="Stored">Taken into the store.</param>
/// <param name="Rejected">Not valid by the protocol, or of a kind that is not kept.</param>
/// <param name="DroppedAtIntake">Arrived while the intake queue was full.</param>
/// <param name="DroppedByLimit">Arrived where a limit of the store left no room, such as spans per trace.</param>
/// <param name="Evicted">Stored, then dropped as the oldest to make room.</param>
/// <param name="Forwarded">Passed on to <c>ForwardTo</c>.</param>
/// <param name="ForwardDropped">Not passed on: the forwarding queue was full, or the other side refused them.</param>
public sealed record SignalCounts(
    long Stored, long Rejected, long DroppedAtIntake, long DroppedByLimit, long Evicted, long Forwarded, long ForwardDropped)
{
    /// <summary>What arrived and is not shown because there was no room or it was not valid; evictions are normal and not in it.</summary>
    public long Lost => Rejected + DroppedAtIntake + DroppedByLimit;
}
