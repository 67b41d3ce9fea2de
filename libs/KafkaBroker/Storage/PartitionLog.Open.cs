using System.Globalization;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Storage;

internal sealed partial class PartitionLog
{
    private const string ProducersExtension = ".producers";
    private const string LogStartFile = "log-start-offset";

    /// <summary>Snapshots of the producers' state that are kept: the newest may lie behind a cut.</summary>
    private const int SnapshotsKept = 2;

    /// <summary>
    /// Opens the log in <paramref name="directory"/>, or makes an empty one. After a clean stop nothing is scanned; otherwise the
    /// active segment is, and it is cut at the first bad batch, before which nothing acknowledged is lost.
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

        if (_fsync != FsyncMode.None && !clean)
        {
            // What the process before this one wrote may still be the system's alone; from here on it counts as flushed.
            foreach (var segment in _segments)
            {
                segment.Flush(_broker.FlushFile);
                segment.Close();
            }

            FolderFlush.Flush(_directory);
        }

        _segments[..^1].ForEach(s => s.Seal());

        _activeSinceMs = NowMs;
        RecoverProducers();
        (_flushedBase, _flushed) = (Active.BaseOffset, Active.Summary);
    }

    private void OpenSegments(string[] paths, bool clean)
    {
        for (var i = 0; i < paths.Length; i++)
        {
            var isActive = i == paths.Length - 1;
            var segment = Segment.Open(paths[i], _broker.Cache, trusted: clean || !isActive, mayHaveGaps: !isActive, out var cutSize);
            if (_segments.Count > 0 && segment.BaseOffset < NextOffset)
            {
                // A merge of compaction replaced this segment but did not come to delete it.
                segment.Delete();
                continue;
            }

            _segments.Add(segment);
            if (cutSize == 0)
            {
                continue;
            }

            BrokerLog.LogCut(_broker.Logger, Name, NextOffset, cutSize);
            foreach (var later in paths[(i + 1)..])
            {
                // What follows a hole cannot be served in order; it is kept aside for people to look at.
                File.Move(later, later + ".cut", overwrite: true);
                BrokerLog.SegmentSetAside(_broker.Logger, later + ".cut");
            }

            return;
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
