using StockAspire.Market;
using StockAspire.Query.Sources;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Subscriptions;

/// <summary>Records of one partition that a subscriber did not get, one after the other. Not thread-safe.</summary>
internal sealed class SkippedRun(int partition, long firstOffset)
{
    /// <summary>Ranges of one message, at most some 900 KiB: beyond it a new run begins.</summary>
    public const int RangesMax = 4_096;

    private readonly SortedDictionary<string, SequenceSet> _sources = new(StringComparer.Ordinal);
    private long _lastOffset;
    private long _count;

    public int Partition => partition;

    public int RangeCount { get; private set; }

    public void Add(long offset, ReadOnlySpan<Tick> ticks)
    {
        _lastOffset = offset;
        _count += ticks.Length;
        foreach (ref readonly var tick in ticks)
        {
            if (!_sources.TryGetValue(tick.Id.Source, out var sequences))
            {
                _sources.Add(tick.Id.Source, sequences = new SequenceSet());
            }

            sequences.Add(tick.Id.Sequence);
        }

        RangeCount = _sources.Values.Sum(sequences => sequences.Ranges.Count);
    }

    public Wire.Skipped ToMessage()
    {
        var message = new Wire.Skipped { Partition = partition, FirstOffset = firstOffset, LastOffset = _lastOffset, Count = _count };
        foreach (var (source, sequences) in _sources)
        {
            message.Ranges.AddRange(sequences.Ranges.Select(range => new Wire.SourceRange { Source = source, First = range.First, Last = range.Last }));
        }

        return message;
    }
}
