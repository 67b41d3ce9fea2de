namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// The sealed segments of all partitions that are open, most recently used first: beyond the limits the one that was not used for
/// longest lets go of its file and its index, and opens again when it is read. So neither memory nor open files grow with the
/// log; only active segments stay open outside of this. Thread-safe.
/// </summary>
internal sealed class SegmentCache(int segmentsMax = SegmentCache.DefaultSegmentsMax, long indexSizeMax = SegmentCache.DefaultIndexSizeMax)
{
    /// <summary>Open files; a process may have 1,024 by the usual limit, and connections want theirs.</summary>
    private const int DefaultSegmentsMax = 256;

    /// <summary>Bytes of indexes in memory: those of 4 GiB of log.</summary>
    private const long DefaultIndexSizeMax = 16 << 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = [];
    private readonly Dictionary<Segment, LinkedListNode<Entry>> _bySegment = [];
    private long _indexSize;

    private readonly record struct Entry(Segment Segment, long IndexSize);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Says that an open segment is used now. It stays, however large it is; others may have to go.</summary>
    public void Use(Segment segment, long indexSize)
    {
        lock (_gate)
        {
            if (_bySegment.TryGetValue(segment, out var node))
            {
                _entries.Remove(node);
                _entries.AddFirst(node);
                return;
            }

            _bySegment[segment] = _entries.AddFirst(new Entry(segment, indexSize));
            _indexSize += indexSize;
            while (_entries.Count > 1 && (_entries.Count > segmentsMax || _indexSize > indexSizeMax))
            {
                var oldest = _entries.Last!.Value.Segment;
                Remove(oldest);
                oldest.Close();
            }
        }
    }

    /// <summary>Forgets a segment that is removed from its log.</summary>
    public void Remove(Segment segment)
    {
        lock (_gate)
        {
            if (_bySegment.Remove(segment, out var node))
            {
                _entries.Remove(node);
                _indexSize -= node.Value.IndexSize;
            }
        }
    }
}
