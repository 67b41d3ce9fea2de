namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private long _cleanedTo;

    /// <summary>Keys that one round of compaction takes note of, at about 40 bytes each; the next one goes on behind the last of them.</summary>
    internal int CompactKeysMax { get; set; } = 1_000_000;

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
    /// Rewrites the log so that each key keeps its last record only; offsets stay, with gaps. Appends and reads go on meanwhile.
    /// Segments are merged up to the size that the topic sets; each merge replaces its segments by one rename, and a crash
    /// between two of them leaves a log that is right, and less compact.
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

            if (Active.Size > 0 && IsCompactable(Active))
            {
                Roll();
            }

            old = [.. _segments[..^1].TakeWhile(IsCompactable)];
        }

        Flush();
        var compactor = new Compactor(Config.DeleteRetentionMs, NowMs, CompactKeysMax);
        compactor.Map(old.Where(s => s.NextOffset > _cleanedTo), _cleanedTo);
        var (sizeBefore, sizeAfter) = (old.Sum(s => s.Size), 0L);
        for (var done = 0; done < old.Length;)
        {
            if (Compact(old.AsSpan(done), compactor) is not { } file)
            {
                return;
            }

            done += file.SegmentCount;
            sizeAfter += file.Summary.Size;
        }

        _cleanedTo = compactor.MappedTo;
        TrySave(() => CheckedNumber.Write(Path.Combine(_directory, CleanedToFile), _cleanedTo, durable: false));
        BrokerLog.LogCompacted(_broker.Logger, Name, sizeBefore, sizeAfter);
    }

    /// <summary>Bytes that may be compacted for the first time, and bytes that were.</summary>
    private (long Dirty, long Clean) Cleanliness()
    {
        lock (_gate)
        {
            return (_segments.Where(s => s.NextOffset > _cleanedTo).TakeWhile(IsCompactable).Sum(s => s.Size), _segments.Where(s => s.NextOffset <= _cleanedTo).Sum(s => s.Size));
        }
    }

    /// <summary>Whether the newest record is older than min.compaction.lag.ms.</summary>
    private bool IsCompactable(Segment segment) => Config.MinCompactionLagMs == 0 || segment.MaxTimestamp <= NowMs - Config.MinCompactionLagMs;

    /// <summary>Puts the compacted form of the first of some segments in their place; null where the log has changed meanwhile.</summary>
    private CompactedFile? Compact(ReadOnlySpan<Segment> segments, Compactor compactor)
    {
        var path = Path.Combine(_directory, "compacted" + AtomicFile.TemporarySuffix);
        try
        {
            var file = compactor.Write(segments, path, Config.SegmentBytes);
            var replaced = segments[..file.SegmentCount].ToArray();
            if (file.SegmentCount == 1 && file.Summary.Size == replaced[0].Size)
            {
                return file; // as it was
            }

            lock (_gate)
            {
                // Retention or DeleteRecords may have taken a segment away meanwhile: the next round starts from what is left.
                var first = _segments.IndexOf(replaced[0]);
                if (_closed || first < 0 || !_segments.Skip(first).Take(replaced.Length).SequenceEqual(replaced))
                {
                    return null;
                }

                Replace(first, replaced, file);
                return file;
            }
        }
        finally
        {
            File.Delete(path); // if it has not become a segment: on a full disk, half a file must not keep it so
        }
    }

    private void Replace(int first, Segment[] replaced, CompactedFile file)
    {
        // The old index must not outlive the rename: the merge may by chance have the size that it vouches for. And nobody may open
        // the merge for the old segment.
        var path = replaced[0].Path;
        Segment.DropIndex(path);
        replaced[0].Dispose();
        try
        {
            // Once the rename is done, the segments after the first are covered by it; a start removes what a crash leaves of them.
            File.Move(file.Path, path, overwrite: true);
        }
        catch
        {
            _segments[first] = Segment.Open(path, _broker.Cache, IndexTrust.None, mayHaveGaps: true, out _);
            throw;
        }

        _segments.RemoveRange(first, replaced.Length);
        _segments.Insert(first, Segment.Adopt(path, _broker.Cache, file.Summary, file.Index));
        if (_fsync != FsyncMode.None)
        {
            // The merge must bear its name for good before what it replaces goes.
            FolderFlush.Flush(_directory);
        }

        Array.ForEach(replaced[1..], s => s.Delete());
    }
}
