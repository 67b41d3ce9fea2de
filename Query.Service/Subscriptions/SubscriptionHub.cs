using StockAspire.Query.Errors;

namespace StockAspire.Query.Subscriptions;

/// <summary>
/// Hands what the tail reads to the feeds of those who subscribed. A record whose symbol nobody wants costs one look-up;
/// one that is wanted is shared, not decoded. Locks are taken in the order hub, feed. Thread-safe.
/// </summary>
internal sealed class SubscriptionHub
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SubscriberFeed>> _bySymbol = new(StringComparer.Ordinal);
    private readonly List<SubscriberFeed> _ofAll = [];
    private long[] _positions = [];
    private long[] _newestEventTimes = [];

    /// <summary>Event time, ns since the Unix epoch, of the newest tick in the partition where it is oldest; 0 where none was seen.</summary>
    public long LowEventTimeNs
    {
        get
        {
            lock (_lock)
            {
                return _newestEventTimes.Where(time => time != long.MinValue).DefaultIfEmpty(0).Min();
            }
        }
    }

    /// <summary>The tail begins, or begins anew, at these offsets.</summary>
    public void Start(long[] positions)
    {
        lock (_lock)
        {
            _positions = [.. positions];
            _newestEventTimes = [.. positions.Select(_ => long.MinValue)];
        }
    }

    /// <summary>The offset that the tail reads next, by partition; empty until it has started.</summary>
    public long[] Positions()
    {
        lock (_lock)
        {
            return [.. _positions];
        }
    }

    /// <summary>Partitions of the topic.</summary>
    /// <exception cref="Grpc.Core.RpcException">Kafka has not been reached yet.</exception>
    public int PartitionCount()
    {
        var count = Positions().Length;
        return count > 0 ? count : throw ApiError.KafkaDown("Kafka has not been reached yet.");
    }

    /// <summary>From now on the feed is offered every record at or above both the tail's position and <paramref name="from"/>.</summary>
    /// <returns>The tail's positions at that moment.</returns>
    public long[] Attach(SubscriberFeed feed, long[] from)
    {
        lock (_lock)
        {
            feed.Attached([.. from.Select((offset, partition) => Math.Max(offset, _positions[partition]))]);
            if (feed.Symbols is null)
            {
                _ofAll.Add(feed);
            }

            foreach (var symbol in feed.Symbols ?? Enumerable.Empty<string>())
            {
                if (!_bySymbol.TryGetValue(symbol, out var feeds))
                {
                    _bySymbol.Add(symbol, feeds = []);
                }

                feeds.Add(feed);
            }

            return [.. _positions];
        }
    }

    /// <summary>The feed is offered nothing more; no harm where it was not attached.</summary>
    public void Detach(SubscriberFeed feed)
    {
        lock (_lock)
        {
            Remove(feed);
        }
    }

    public void Dispatch(TailRecord record)
    {
        lock (_lock)
        {
            if (_bySymbol.TryGetValue(record.Symbol, out var feeds))
            {
                Offer(feeds, record);
            }

            Offer(_ofAll, record);
            _positions[record.Partition] = record.Offset + 1;
            _newestEventTimes[record.Partition] = Math.Max(_newestEventTimes[record.Partition], record.Summary.NewestEventTimeNs);
        }
    }

    /// <summary>The tail passes a record that holds no ticks.</summary>
    public void Pass(int partition, long offset)
    {
        lock (_lock)
        {
            _positions[partition] = offset + 1;
        }
    }

    private void Offer(List<SubscriberFeed> feeds, TailRecord record)
    {
        for (var i = feeds.Count - 1; i >= 0; i--)
        {
            var feed = feeds[i];
            if (!feed.Offer(record))
            {
                var next = (long[])[.. _positions];
                next[record.Partition] = record.Offset;
                Remove(feed);
                feed.FellBehind(next);
            }
        }
    }

    private void Remove(SubscriberFeed feed)
    {
        if (feed.Symbols is null)
        {
            _ofAll.Remove(feed);
        }

        foreach (var symbol in feed.Symbols ?? Enumerable.Empty<string>())
        {
            if (_bySymbol.TryGetValue(symbol, out var feeds) && feeds.Remove(feed) && feeds.Count == 0)
            {
                _bySymbol.Remove(symbol);
            }
        }
    }
}
