using StockAspire.Market.Seals;

namespace StockAspire.Query.Verify;

/// <summary>
/// The sequences that were seen, one bit each, in chunks of 65,536 that exist only where something was seen; a full chunk
/// takes no memory. So a source that is complete costs next to nothing whatever its length. Not thread-safe.
/// </summary>
internal sealed class SequenceBitmap
{
    private const int ChunkBits = 65_536;
    private const int WordBits = 64;

    private readonly Dictionary<ulong, Chunk> _chunks = [];
    private ulong[]? _sorted;

    /// <summary>False where it was there before.</summary>
    public bool TryAdd(ulong sequence)
    {
        var index = sequence / ChunkBits;
        if (!_chunks.TryGetValue(index, out var chunk))
        {
            _chunks.Add(index, chunk = new Chunk());
            _sorted = null;
        }

        return chunk.TryAdd((int)(sequence % ChunkBits));
    }

    /// <summary>The sequences of a range that were not seen, ascending.</summary>
    public IEnumerable<SequenceRange> MissingFrom(SequenceRange range)
    {
        _sorted ??= [.. _chunks.Keys.Order()];
        var next = range.First;
        var from = Array.BinarySearch(_sorted, range.First / ChunkBits);
        for (var i = from < 0 ? ~from : from; i < _sorted.Length && _sorted[i] <= range.Last / ChunkBits; i++)
        {
            var start = Math.Max(range.First, _sorted[i] * ChunkBits);
            var end = Math.Min(range.Last, (_sorted[i] * ChunkBits) + (ChunkBits - 1));
            foreach (var seen in _chunks[_sorted[i]].Seen(start, end))
            {
                if (seen.First > next)
                {
                    yield return new SequenceRange(next, seen.First - 1);
                }

                if (seen.Last == range.Last)
                {
                    yield break;
                }

                next = seen.Last + 1;
            }
        }

        yield return new SequenceRange(next, range.Last);
    }

    private sealed class Chunk
    {
        private ulong[]? _words = new ulong[ChunkBits / WordBits];
        private int _count;

        /// <summary>What was seen of sequences start to end, all of this chunk.</summary>
        public IEnumerable<SequenceRange> Seen(ulong start, ulong end)
        {
            if (_words is null)
            {
                yield return new SequenceRange(start, end);
                yield break;
            }

            for (var i = 0UL; i <= end - start; i++)
            {
                if (Contains((int)((start + i) % ChunkBits)))
                {
                    yield return new SequenceRange(start + i, start + i);
                }
            }
        }

        public bool TryAdd(int bit)
        {
            if (Contains(bit))
            {
                return false;
            }

            _words![bit / WordBits] |= 1UL << bit;
            if (++_count == ChunkBits)
            {
                _words = null;
            }

            return true;
        }

        private bool Contains(int bit) => _words is null || (_words[bit / WordBits] & (1UL << bit)) != 0;
    }
}
