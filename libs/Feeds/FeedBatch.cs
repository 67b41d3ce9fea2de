using StockAspire.Market;

namespace StockAspire.Feeds;

/// <summary>
/// Consecutive rows of a file, as ticks and rejects, each in the order of their sequences. Reused: what it shows is valid
/// until the next <see cref="FeedReader.Read"/>. Not thread-safe.
/// </summary>
public sealed class FeedBatch
{
    private readonly List<RowReject> _rejects = [];
    private Tick[] _ticks = [];
    private int _tickCount;

    public ReadOnlySpan<Tick> Ticks => _ticks.AsSpan(0, _tickCount);

    public ReadOnlyMemory<Tick> TicksMemory => _ticks.AsMemory(0, _tickCount);

    public IReadOnlyList<RowReject> Rejects => _rejects;

    public int RowCount => _tickCount + _rejects.Count;

    /// <summary>Sequence of the first row; the rows of the batch are numbered from it without a gap.</summary>
    public ulong FirstSequence { get; private set; }

    /// <summary>Sequence behind the last row.</summary>
    public ulong NextSequence => FirstSequence + (ulong)RowCount;

    /// <summary>Bytes that the rejects hold.</summary>
    internal int RawSize { get; private set; }

    internal void Clear(ulong firstSequence)
    {
        FirstSequence = firstSequence;
        _rejects.Clear();
        _tickCount = 0;
        RawSize = 0;
    }

    internal void Add(in Tick tick)
    {
        if (_tickCount == _ticks.Length)
        {
            Array.Resize(ref _ticks, Math.Max(64, _tickCount * 2));
        }

        _ticks[_tickCount++] = tick;
    }

    internal void Add(RowReject reject)
    {
        _rejects.Add(reject);
        RawSize += reject.Raw.Length;
    }
}
