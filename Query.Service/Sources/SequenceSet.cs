using System.Runtime.InteropServices;
using StockAspire.Market.Seals;

namespace StockAspire.Query.Sources;

/// <summary>Sequences as ascending ranges that neither touch nor overlap. Not thread-safe.</summary>
internal sealed class SequenceSet
{
    private readonly List<SequenceRange> _ranges = [];

    public IReadOnlyList<SequenceRange> Ranges => _ranges;

    /// <summary>Sequences in the set; those of a full 2^64 set would not fit, which no source reaches.</summary>
    public ulong Count
    {
        get
        {
            var count = 0UL;
            foreach (var range in _ranges)
            {
                count = unchecked(count + range.Count);
            }

            return count;
        }
    }

    public bool IsEmpty => _ranges.Count == 0;

    public void Add(ulong sequence) => Add(new SequenceRange(sequence, sequence));

    public void Add(SequenceRange range)
    {
        // The first range that ends at or after the one before ours: from there on they may touch it.
        var from = range.First == 0 ? 0 : FirstEndingAtOrAfter(range.First - 1);
        var to = from;
        while (to < _ranges.Count && (range.Last == ulong.MaxValue || _ranges[to].First <= range.Last + 1))
        {
            range = new SequenceRange(Math.Min(range.First, _ranges[to].First), Math.Max(range.Last, _ranges[to].Last));
            to++;
        }

        if (to == from)
        {
            _ranges.Insert(from, range);
            return;
        }

        _ranges[from] = range;
        _ranges.RemoveRange(from + 1, to - from - 1);
    }

    public void AddAll(IEnumerable<SequenceRange> ranges)
    {
        foreach (var range in ranges)
        {
            Add(range);
        }
    }

    public void Remove(SequenceRange range)
    {
        var index = FirstEndingAtOrAfter(range.First);
        while (index < _ranges.Count && _ranges[index].First <= range.Last)
        {
            var old = _ranges[index];
            _ranges.RemoveAt(index);
            if (old.First < range.First)
            {
                _ranges.Insert(index++, new SequenceRange(old.First, range.First - 1));
            }

            if (old.Last > range.Last)
            {
                _ranges.Insert(index++, new SequenceRange(range.Last + 1, old.Last));
            }
        }
    }

    public bool Contains(ulong sequence)
    {
        var index = FirstEndingAtOrAfter(sequence);
        return index < _ranges.Count && _ranges[index].First <= sequence;
    }

    /// <summary>The part of the set that lies within a range.</summary>
    public IEnumerable<SequenceRange> Within(SequenceRange range)
    {
        for (var index = FirstEndingAtOrAfter(range.First); index < _ranges.Count && _ranges[index].First <= range.Last; index++)
        {
            yield return new SequenceRange(Math.Max(range.First, _ranges[index].First), Math.Min(range.Last, _ranges[index].Last));
        }
    }

    private int FirstEndingAtOrAfter(ulong sequence)
    {
        var ranges = CollectionsMarshal.AsSpan(_ranges);
        int low = 0, high = ranges.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Last < sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
