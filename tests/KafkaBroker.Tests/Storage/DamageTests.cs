using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>
/// A log of some segments, damaged at every byte of what a crash or a disk can spoil: it opens, keeps all that lies before the
/// damage, and goes on.
/// </summary>
public sealed class DamageTests
{
    private const int Producer = 7;
    private const int DamagedBatches = 4;

    private static readonly (string, string) SmallSegments = ("segment.bytes", "16384");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Torn_and_flipped_tail_is_cut_at_the_last_good_batch_at_every_byte(bool compacts)
    {
        using var log = new TestLog(FsyncMode.None, compacts ? [SmallSegments, ("cleanup.policy", "compact")] : [SmallSegments]);
        var ends = Fill(log);
        var active = log.SegmentPaths[^1];
        var saved = Save(log);
        var sound = saved.Content(active);
        var all = log.ReadAll();
        var firstDamaged = ends[^(DamagedBatches + 1)].Position;
        var count = 0;
        foreach (var (name, position, content) in saved.Damages(active, firstDamaged).Where(d => d.Content is not null))
        {
            log.CrashAndDamage(_ => saved.RestoreWith(active, content));

            // Zeros may begin where the sound bytes are zeros too.
            var damage = name == "zeros" ? sound.AsSpan().CommonPrefixLength(content) : position;
            var kept = ends.Last(e => e.Position <= damage);
            Assert.True(kept.Offset == log.Log.HighWatermark, $"{name} at {position}: ends at {log.Log.HighWatermark}, not {kept.Offset}");
            Assert.Equal(kept.Position, new FileInfo(active).Length);
            Assert.Equal(all.Where(r => r.Offset < kept.Offset), log.ReadAll());
            CheckProducer(log, kept);
            count++;
        }

        TestContext.Current.SendDiagnosticMessage($"{count} damages");
        Assert.True(count > 1_000);
    }

    [Fact]
    public void Torn_tail_behind_a_clean_mark_is_cut_as_well()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        var ends = Fill(log);
        var active = log.SegmentPaths[^1];
        log.StopAndStart();
        var saved = Save(log);
        foreach (var (name, position, content) in saved.Damages(active, ends[^(DamagedBatches + 1)].Position).Where(d => d.Name is "cut" or "zeros behind" or "noise behind"))
        {
            log.CrashAndDamage(_ => saved.RestoreWith(active, content), clean: true);
            var kept = ends.Last(e => e.Position <= position);
            Assert.True(kept.Offset == log.Log.HighWatermark, $"{name} at {position}: ends at {log.Log.HighWatermark}, not {kept.Offset}");
            CheckProducer(log, kept);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_index_or_snapshot_costs_nothing(bool clean)
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        var last = Fill(log)[^1];
        if (clean)
        {
            log.StopAndStart();
        }

        var saved = Save(log);
        var all = log.ReadAll();
        var files = saved.Files.Where(f => Path.GetExtension(f) is ".index" or ".producers").ToArray();
        Assert.True(files.Length >= 4);
        foreach (var file in files)
        {
            foreach (var (name, position, content) in saved.Damages(file))
            {
                log.CrashAndDamage(_ => saved.RestoreWith(file, content), clean);
                Assert.True(last.Offset == log.Log.HighWatermark, $"{Path.GetFileName(file)}: {name} at {position}");
                Assert.Equal(all[^1], log.ReadAll(from: all[^1].Offset)[^1]);
                CheckProducer(log, last);
            }
        }
    }

    [Fact]
    public void Damaged_log_start_hides_nothing_and_moves_no_end()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        var last = Fill(log)[^1];
        var firstSegment = long.Parse(Path.GetFileNameWithoutExtension(log.SegmentPaths[1]));
        var start = firstSegment + 5;
        Assert.Equal((ErrorCode.None, start), log.Log.DeleteRecords(start));
        var saved = Save(log);
        var file = saved.Files.Single(f => Path.GetFileName(f) == "log-start-offset");
        foreach (var (name, position, content) in saved.Damages(file))
        {
            log.CrashAndDamage(_ => saved.RestoreWith(file, content));
            Assert.True((firstSegment, last.Offset) == (log.Log.LogStartOffset, log.Log.HighWatermark), $"{name} at {position}");
            CheckProducer(log, last);
        }
    }

    [Fact]
    public void Compaction_that_a_kill_ended_at_any_of_its_steps_leaves_a_sound_log()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments, ("cleanup.policy", "compact"));
        Fill(log, keys: 150);
        var before = Save(log);
        var records = log.ReadAll();
        log.Log.Compact();
        var compacted = log.ReadAll();
        var after = Save(log);
        var merged = after.Files.First(f => f.EndsWith(".log", StringComparison.Ordinal));
        Assert.True(compacted.Count < records.Count);

        // Half of the merge written, under its temporary name.
        log.CrashAndDamage(d => before.RestoreWith(Path.Combine(d, "compacted.tmp"), after.Content(merged)[..100]));
        Assert.Equal(records, log.ReadAll());

        // The rename done; of the old segments, none, some or all removed.
        var old = before.Files.Where(f => f.EndsWith(".log", StringComparison.Ordinal)).Skip(1).ToArray();
        for (var removed = 0; removed <= old.Length; removed++)
        {
            log.CrashAndDamage(_ =>
            {
                after.RestoreWith(merged, after.Content(merged));
                File.Delete(Path.ChangeExtension(merged, ".index"));
                foreach (var segment in old[removed..])
                {
                    File.WriteAllBytes(segment, before.Content(segment));
                }
            });
            Assert.Equal(compacted, log.ReadAll());
            Assert.Equal(2, log.SegmentPaths.Length);
        }
    }

    [Fact]
    public void Producers_of_old_records_are_remembered_through_a_crash_and_the_next_roll()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        log.Time.SetUtcNow(DateTimeOffset.UnixEpoch.AddYears(50));
        var ends = Fill(log);
        log.Crash();
        while (log.SegmentPaths.Length < 6)
        {
            log.Append(("other", new string('x', 1000)));
        }

        Assert.Equal(ends[^1].BaseOffset, log.AppendIdempotent(Producer, 0, ends[^1].Sequence, 2).BaseOffset);
    }

    private sealed record End(long Offset, int Position, long BaseOffset, int Sequence);

    /// <summary>Three segments and some batches of an idempotent producer; returns the ends of the last segment's batches, its start first.</summary>
    private static List<End> Fill(TestLog log, int keys = int.MaxValue)
    {
        var ends = new List<End>();
        var sequence = 0;
        while (log.SegmentPaths.Length < 4 || ends.Count < 10)
        {
            var segments = log.SegmentPaths.Length;
            var batch = TestBatch.Create(Producer, 0, sequence, 1_000, [("k" + sequence % keys, new string('v', ends.Count < 1 ? 500 : 20 + ends.Count)), ("k", "w")]);
            var size = batch.Length;
            var result = log.Append(batch);
            Assert.Equal(ErrorCode.None, result.Error);
            if (log.SegmentPaths.Length > segments)
            {
                ends.Clear();
                ends.Add(new End(result.BaseOffset, 0, -1, -1));
            }

            ends.Add(new End(result.NextOffset, (ends.Count > 0 ? ends[^1].Position : 0) + size, result.BaseOffset, sequence));
            sequence += 2;
        }

        return ends;
    }

    private static SavedFolder Save(TestLog log) => SavedFolder.Of(Path.GetDirectoryName(log.SegmentPaths[0])!);

    /// <summary>The last batch that is left is known as one, what follows it is taken, and the offsets go on.</summary>
    private static void CheckProducer(TestLog log, End last)
    {
        Assert.Equal((ErrorCode.None, last.BaseOffset), Outcome(log.AppendIdempotent(Producer, 0, last.Sequence, 2)));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.AppendIdempotent(Producer, 0, last.Sequence + 4, 2).Error);
        Assert.Equal((ErrorCode.None, last.Offset), Outcome(log.AppendIdempotent(Producer, 0, last.Sequence + 2, 2)));
        Assert.Equal((last.Offset + 1, "k1"), log.ReadAll(from: last.Offset)[^1]);
    }

    private static (ErrorCode Error, long BaseOffset) Outcome(in AppendResult result) => (result.Error, result.BaseOffset);
}
