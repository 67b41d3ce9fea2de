namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private long _cleanedTo;

    /// <summary>Bytes that were appended since the last compaction, and bytes that it left.</summary>
    private (long Dirty, long Clean) Cleanliness()
    {
        lock (_gate)
        {
            var clean = _segments.Where(s => s.NextOffset <= _cleanedTo).Sum(s => s.Size);
            return (_segments.Sum(s => s.Size) - clean, clean);
        }
    }

    /// <summary>Compacts a topic that asks for it once what is new is at least as much as what is old, and worth the while.</summary>
    public void CompactIfDirty(long dirtySizeMin)
    {
        if (!Config.Compacts)
        {
            return;
        }

        var (dirty, clean) = Cleanliness();
        if (dirty >= dirtySizeMin && dirty >= (dirty + clean) * Config.MinCleanableDirtyRatio)
        {
            Compact();
        }
    }

    /// <summary>
    /// Rewrites all that is in the log so that each key keeps its last record only; offsets stay, with gaps. Appends and reads go
    /// on meanwhile. The result replaces the old segments by one rename; a crash before it leaves the log as it was.
    /// </summary>
    public void Compact()
    {
        Flush();
        Segment[] old;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            if (Active.Size > 0)
            {
                Roll();
            }

            old = [.. _segments[..^1]];
        }

        Flush();
        if (old.Length == 0 || old.Sum(s => s.Size) > int.MaxValue)
        {
            return;
        }

        var result = Compactor.Write(old, Path.Combine(_directory, "compacted" + AtomicFile.TemporarySuffix), Config.DeleteRetentionMs, NowMs);
        lock (_gate)
        {
            if (_closed || !_segments.Take(old.Length).SequenceEqual(old))
            {
                // Retention or DeleteRecords took a segment away meanwhile: the next round starts from what is left.
                File.Delete(result.Path);
                return;
            }

            Replace(old, result.Path);
            _cleanedTo = NextOffset;
        }

        BrokerLog.LogCompacted(_broker.Logger, Name, result.SizeBefore, result.SizeAfter);
    }

    private void Replace(Segment[] old, string compacted)
    {
        // The old index must not outlive the rename: the merge may by chance have the size that it vouches for. And nobody may open
        // the merge for the old segment.
        old[0].DropIndex();
        old[0].Dispose();
        try
        {
            // Once the rename is done, the segments after the first are covered by it; a start removes what a crash leaves of them.
            File.Move(compacted, old[0].Path, overwrite: true);
        }
        catch (IOException)
        {
            Reopen(old[0].Path, 1);
            throw;
        }

        Reopen(old[0].Path, old.Length);
        Array.ForEach(old[1..], s => s.Delete());
    }

    /// <summary>Puts the file in the place of the first segments.</summary>
    private void Reopen(string path, int count)
    {
        var segment = Segment.Open(path, _broker.Cache, trusted: false, mayHaveGaps: true, out _);
        _segments.RemoveRange(0, count);
        _segments.Insert(0, segment);
        segment.Seal();
    }
}
