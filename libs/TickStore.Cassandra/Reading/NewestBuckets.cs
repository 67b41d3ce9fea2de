using System.Collections.Concurrent;

namespace StockAspire.TickStore.Cassandra.Reading;

/// <summary>
/// In which bucket a symbol's newest tick was when this process last looked: a guess, so that its rows can be asked for together
/// with the directory, which alone decides. Thread-safe.
/// </summary>
internal sealed class NewestBuckets
{
    /// <summary>Symbols remembered; past it all are forgotten, and are looked up in two steps once more.</summary>
    private const int RememberedMax = 1 << 16;

    private readonly ConcurrentDictionary<string, long> _buckets = new(StringComparer.Ordinal);
    private int _count;

    public bool TryGuess(string symbol, out long bucket) => _buckets.TryGetValue(symbol, out bucket);

    public void Remember(string symbol, long bucket)
    {
        if (_buckets.TryGetValue(symbol, out var known))
        {
            if (known != bucket)
                _buckets[symbol] = bucket;
            return;
        }

        if (Interlocked.Increment(ref _count) > RememberedMax)
        {
            Volatile.Write(ref _count, 1);
            _buckets.Clear();
        }

        _buckets[symbol] = bucket;
    }
}
