namespace StockAspire.Otlp.Receiving;

/// <summary>Bytes that may wait at a time. Thread-safe.</summary>
internal sealed class ByteBudget(long limit)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>False, and nothing taken, where the limit would be passed.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
