using System.Globalization;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private const string ProducersExtension = ".producers";
    private const string LogStartFile = "log-start-offset";
    private const string CleanedToFile = "cleaned-to-offset";

    /// <summary>Snapshots of the producers' state that are kept: the newest may lie behind a cut.</summary>
    private const int SnapshotsKept = 2;

    /// <summary>
    /// Opens the log in <paramref name="directory"/>, or makes an empty one. After a clean stop nothing is scanned; otherwise what
    /// was not flushed is (in fsync mode none, the active segment), and the log is cut at the first bad or missing batch, before
    /// which nothing acknowledged is lost.
    /// </summary>
    public static PartitionLog Open(string name, string directory, TopicConfig config, LogSurroundings broker, bool clean)
    {
        var log = new PartitionLog(name, directory, config, broker);
        try
        {
            log.Recover(clean);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    private void Recover(bool clean)
    {
        Directory.CreateDirectory(_directory);
        foreach (var leftover in Directory.EnumerateFiles(_directory, "*" + AtomicFile.TemporarySuffix))
        {
            File.Delete(leftover);
        }

        var paths = Directory.GetFiles(_directory, "*" + Segment.Extension);
        Array.Sort(paths, StringComparer.Ordinal);
        OpenSegments(paths, clean);
        if (_segments.Count == 0)
        {
            _segments.Add(Segment.Create(_directory, 0, _broker.Cache));
        }

        _logStartOffset = Math.Max(ReadLogStart(), _segments[0].BaseOffset);
        if (_logStartOffset > NextOffset)
        {
            // Everything was deleted up to an offset that the log lost in a crash: new records must not reuse it.
            _segments.Add(Segment.Create(_directory, _logStartOffset, _broker.Cache));
        }

        AdvanceStart(_logStartOffset); // a crash may have come between the new start and the removal of what is before

        _cleanedTo = Math.Min(CheckedNumber.Read(Path.Combine(_directory, CleanedToFile)) ?? 0, NextOffset);
        RecoverProducers();
        if (_fsync != FsyncMode.None)
        {
            FlushRecovered(clean);
        }

        _segments[..^1].ForEach(s => s.Seal());
        _activeSinceMs = NowMs;
        (_flushedBase, _flushed) = (Active.BaseOffset, Active.Summary);
    }

    /// <summary>What the process before this one wrote may still be the system's alone; from here on it counts as flushed.</summary>
    private void FlushRecovered(bool clean)
    {
        Segment[] unflushed = [.. _segments.Where(s => !s.IsFlushed)];
        foreach (var segment in unflushed)
        {
            segment.Flush(_broker.FlushFile);
            if (segment != Active)
            {
                // The active one's would be outdated by its next batch; of it only what a clean stop wrote is believed.
                TrySaveIndex(segment, flushed: true);
            }

            segment.Close();
        }

        if (!clean || unflushed.Length > 0)
        {
            FolderFlush.Flush(_directory);
        }
    }

    private void OpenSegments(string[] paths, bool clean)
    {
        var trustOfSealed = clean || _fsync == FsyncMode.None ? IndexTrust.Any : IndexTrust.Flushed;
        for (var i = 0; i < paths.Length; i++)
        {
            var isActive = i == paths.Length - 1;
            var segment = Segment.Open(paths[i], _broker.Cache, clean || !isActive ? trustOfSealed : IndexTrust.None, mayHaveGaps: !isActive, out var cutSize);
            if (_segments.Count > 0 && segment.BaseOffset < NextOffset)
            {
                // A merge of compaction replaced this segment but did not come to delete it.
                segment.Delete();
                continue;
            }

            if (_segments.Count > 0 && segment.BaseOffset > NextOffset)
            {
                // The end of the one before is missing: each ends where the next begins, after compaction too.
                segment.Dispose();
                SetAside(paths.AsSpan(i));
                return;
            }

            _segments.Add(segment);
            if (cutSize > 0)
            {
                BrokerLog.LogCut(_broker.Logger, Name, NextOffset, cutSize);
                SetAside(paths.AsSpan(i + 1));
                return;
            }
        }
    }

    /// <summary>What follows a hole cannot be served in order; it is kept aside for people to look at.</summary>
    private void SetAside(ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            File.Move(path, path + ".cut", overwrite: true);
            Segment.DropIndex(path);
            BrokerLog.SegmentSetAside(_broker.Logger, path + ".cut");
        }
    }

    private long ReadLogStart() => CheckedNumber.Read(Path.Combine(_directory, LogStartFile)) ?? 0;

    private void SaveLogStart(long offset) => CheckedNumber.Write(Path.Combine(_directory, LogStartFile), offset, durable: _fsync != FsyncMode.None);

    /// <summary>Takes the newest usable snapshot of the producers' state and replays what follows it in the log.</summary>
    private void RecoverProducers()
    {
        _producers = new ProducerStates();
        var from = _segments[0].BaseOffset;
        foreach (var (offset, path) in Snapshots())
        {
            if (offset <= NextOffset && ProducerStates.Deserialize(File.ReadAllBytes(path)) is { } saved)
            {
                (_producers, from) = (saved, offset);
                break;
            }

            File.Delete(path);
        }

        foreach (var segment in _segments.Where(s => s.NextOffset > from))
        {
            foreach (var header in segment.Scan().Where(h => h.BaseOffset >= from))
            {
                // By the broker's clock, as when it was appended: the records' own time may be years ago.
                _producers.Remember(header, NowMs);
            }
        }
    }

    private void SaveProducers()
    {
        _producers.Expire(NowMs);
        var path = Path.Combine(_directory, NextOffset.ToString("D20", CultureInfo.InvariantCulture) + ProducersExtension);
        AtomicFile.Write(path, _producers.Serialize(), durable: false);
        foreach (var (_, old) in Snapshots().Skip(SnapshotsKept))
        {
            File.Delete(old);
        }
    }

    /// <summary>The snapshots, newest first.</summary>
    private (long Offset, string Path)[] Snapshots() =>
        [.. Directory.EnumerateFiles(_directory, "*" + ProducersExtension)
            .Select(p => (long.Parse(Path.GetFileNameWithoutExtension(p), CultureInfo.InvariantCulture), p))
            .OrderByDescending(s => s.Item1)];
}
