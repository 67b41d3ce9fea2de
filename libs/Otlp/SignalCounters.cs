namespace StockAspire.Otlp;

/// <summary>The running counters behind <see cref="SignalCounts"/>. Thread-safe.</summary>
internal sealed class SignalCounters
{
    private long _stored, _rejected, _droppedAtIntake, _droppedByLimit, _evicted, _forwarded, _forwardDropped;

    public void Stored(long count) => Interlocked.Add(ref _stored, count);

    public void Rejected(long count) => Interlocked.Add(ref _rejected, count);

    public void DroppedAtIntake(long count) => Interlocked.Add(ref _droppedAtIntake, count);

    public void DroppedByLimit(long count) => Interlocked.Add(ref _droppedByLimit, count);

    public void Evicted(long count) => Interlocked.Add(ref _evicted, count);

    public void Forwarded(long count) => Interlocked.Add(ref _forwarded, count);

    public void ForwardDropped(long count) => Interlocked.Add(ref _forwardDropped, count);

    public SignalCounts Read() => new(
        Interlocked.Read(ref _stored),
        Interlocked.Read(ref _rejected),
        Interlocked.Read(ref _droppedAtIntake),
        Interlocked.Read(ref _droppedByLimit),
        Interlocked.Read(ref _evicted),
        Interlocked.Read(ref _forwarded),
        Interlocked.Read(ref _forwardDropped));
}
