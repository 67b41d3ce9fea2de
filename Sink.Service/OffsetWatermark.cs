namespace StockAspire.Sink;

/// <summary>
/// Turns batches that finish in any order into one offset that is safe to commit: everything below it is stored.
/// Offsets of one partition, whose records need not be contiguous (compaction, transaction markers). Not thread-safe.
/// </summary>
internal sealed class OffsetWatermark
{
    // In the order of their offsets; as many as batches are in flight, so that a list is fast enough.
    private readonly List<(long First, long Next, bool IsDone)> _batches = [];

    /// <summary>The offset of the next record that is needed again after a restart; -1 before the first batch is done.</summary>
    public long Next { get; private set; } = -1;

    /// <summary>A batch goes out that holds the records from <paramref name="first"/> up to, not including, <paramref name="next"/>.</summary>
    /// <exception cref="ArgumentException">The batch is empty or overlaps the one before.</exception>
    public void Begin(long first, long next)
    {
        var floor = _batches.Count > 0 ? _batches[^1].Next : Next;
        if (first < floor || next <= first)
        {
            throw new ArgumentException($"Expected a batch of offsets from {floor} on, got [{first}, {next}).", nameof(first));
        }

        _batches.Add((first, next, false));
    }

    /// <summary>The batch that began at <paramref name="first"/> is stored.</summary>
    /// <exception cref="ArgumentException">No such batch is out.</exception>
    public void Complete(long first)
    {
        var index = _batches.FindIndex(batch => batch.First == first && !batch.IsDone);
        if (index < 0)
        {
            throw new ArgumentException($"No batch that begins at offset {first} is out.", nameof(first));
        }

        _batches[index] = _batches[index] with { IsDone = true };
        var done = 0;
        while (done < _batches.Count && _batches[done].IsDone)
        {
            Next = _batches[done++].Next;
        }

        _batches.RemoveRange(0, done);
    }
}
