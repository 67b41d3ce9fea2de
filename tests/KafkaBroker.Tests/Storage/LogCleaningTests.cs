namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>Roll and retention by time, and compaction.</summary>
public sealed class LogCleaningTests
{
    private static readonly (string, string) Compacted = ("cleanup.policy", "compact");

    [Fact]
    public void Segment_rolls_when_a_record_is_that_much_younger_than_its_first_also_after_a_restart()
    {
        using var log = new TestLog(FsyncMode.None, ("segment.ms", "1000"));
        AppendAt(log, 5_000);
        AppendAt(log, 6_000);
        Assert.Single(log.SegmentPaths);
        log.StopAndStart();
        AppendAt(log, 5_500);
        Assert.Single(log.SegmentPaths);
        AppendAt(log, 6_001);
        Assert.Equal(2, log.SegmentPaths.Length);
        AppendAt(log, 2_000); // older ones go on where the log is
        Assert.Equal(2, log.SegmentPaths.Length);
        Assert.Equal(5, log.ReadAll().Count);
    }

    [Fact]
    public void Retention_by_time_takes_the_active_segment_too_once_all_of_it_is_old()
    {
        using var log = new TestLog(FsyncMode.None, ("retention.ms", "1000"));
        AppendAt(log, 999_500);
        AppendAt(log, 999_900);
        log.Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(1_000_900));
        log.Log.ApplyRetention();
        Assert.Equal(2, log.ReadAll().Count);
        log.Time.Advance(TimeSpan.FromMilliseconds(1));
        log.Log.ApplyRetention();
        Assert.Equal((2, 2, 0), (log.Log.LogStartOffset, log.Log.HighWatermark, log.Log.Size));
        log.Crash();
        Assert.Equal((2, 2), (log.Log.LogStartOffset, log.Log.HighWatermark));
    }

    [Fact]
    public void Retention_of_records_without_time_goes_by_the_files_age()
    {
        using var log = new TestLog(FsyncMode.None, ("retention.ms", "1000"));
        AppendAt(log, -1);
        log.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        log.Log.ApplyRetention();
        Assert.Single(log.ReadAll());
        log.Time.Advance(TimeSpan.FromMinutes(1));
        log.Log.ApplyRetention();
        Assert.Empty(log.ReadAll());
    }

    [Fact]
    public void Topic_that_compacts_and_deletes_does_both()
    {
        using var log = new TestLog(FsyncMode.None, ("cleanup.policy", "compact,delete"), ("retention.ms", "1000"));
        AppendAt(log, 1_000_000, "a");
        AppendAt(log, 1_000_000, "a");
        log.Log.CompactIfDirty(1);
        Assert.Equal([(1, "a")], log.ReadAll());
        log.Time.Advance(TimeSpan.FromSeconds(2));
        log.Log.ApplyRetention();
        Assert.Empty(log.ReadAll());
    }

    [Fact]
    public void Topic_that_only_compacts_keeps_what_retention_would_take()
    {
        using var log = new TestLog(FsyncMode.None, Compacted, ("retention.ms", "1000"));
        AppendAt(log, 1_000);
        log.Log.ApplyRetention();
        Assert.Single(log.ReadAll());
    }

    [Fact]
    public void Compaction_leaves_tombstones_that_are_young()
    {
        using var log = new TestLog(FsyncMode.None, Compacted, ("delete.retention.ms", "500000"));
        log.Append(TestBatch.Create(-1, -1, -1, 900_000, ("a", "v")));
        log.Append(TestBatch.Create(-1, -1, -1, 900_000, ("a", null)));
        log.Append(TestBatch.Create(-1, -1, -1, 900_000, ("b", "v")));
        log.Log.Compact();
        Assert.Equal([(1, "a"), (2, "b")], log.ReadAll());
        log.Time.Advance(TimeSpan.FromSeconds(401));
        log.Log.Compact();
        Assert.Equal([(2, "b")], log.ReadAll());
    }

    [Fact]
    public void Compaction_leaves_records_alone_that_are_younger_than_its_lag()
    {
        using var log = new TestLog(FsyncMode.None, Compacted, ("min.compaction.lag.ms", "1000"), ("segment.ms", "100"));
        AppendAt(log, 998_000, "a");
        AppendAt(log, 998_001, "a");
        AppendAt(log, 999_500, "a"); // another segment, too young
        AppendAt(log, 999_501, "a");
        log.Log.CompactIfDirty(1);
        Assert.Equal([(1, "a"), (2, "a"), (3, "a")], log.ReadAll());
        log.Time.Advance(TimeSpan.FromSeconds(1));
        log.Log.CompactIfDirty(1);
        Assert.Equal([(3, "a")], log.ReadAll());
    }

    [Fact]
    public void Compaction_merges_segments_no_further_than_a_segment_may_grow()
    {
        using var log = new TestLog(FsyncMode.None, Compacted, ("segment.bytes", "16384"));
        for (var i = 0; i < 400; i++)
        {
            AppendAt(log, 1_000, "k" + i, new string('x', 500)); // all to be kept
            AppendAt(log, 1_000, "same", new string('x', 500)); // one to be kept
        }

        var before = log.SegmentPaths.Length;
        log.Log.Compact();
        Assert.InRange(log.SegmentPaths.Length, 401 * 500 / 16_384, before * 2 / 3);
        Assert.All(log.SegmentPaths, p => Assert.InRange(new FileInfo(p).Length, 0, 16_384));
        Assert.Equal(401, log.ReadAll(chunk: 2000).Count);
        log.Crash();
        Assert.Equal(401, log.ReadAll(chunk: 2000).Count);
        Assert.Equal(800, log.Log.HighWatermark);
    }

    [Fact]
    public void Compaction_with_room_for_few_keys_comes_to_the_same_in_several_rounds()
    {
        using var log = new TestLog(FsyncMode.None, Compacted, ("segment.bytes", "16384"), ("delete.retention.ms", "0"));
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var key = "k" + random.Next(300);
            var isTombstone = random.Next(4) == 0;
            log.Append((key, isTombstone ? null : new string('x', 20)));
            expected[key] = isTombstone ? -1 : i;
        }

        log.Log.CompactKeysMax = 40;
        for (var round = 0; round < 60; round++)
        {
            log.Log.Compact();
            var read = log.ReadAll(chunk: 2000).GroupBy(r => r.Key!).ToDictionary(g => g.Key, g => g.Max(r => r.Offset));
            Assert.All(expected.Where(e => e.Value >= 0), e => Assert.Equal(e.Value, read[e.Key]));
        }

        Assert.Equal(expected.Where(e => e.Value >= 0).Select(e => (e.Value, (string?)e.Key)).Order(), log.ReadAll(chunk: 2000));
    }

    [Fact]
    public void Compaction_on_a_full_disk_leaves_the_log_as_it_is_and_no_half_file()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 2);
        using var log = new TestLog(disk.Path, FsyncMode.Interval, Compacted);
        for (var i = 0; i < 100; i++)
        {
            AppendAt(log, 1_000, "k" + i % 50, new string('x', 9_000));
        }

        disk.Fill();
        Assert.Throws<IOException>(log.Log.Compact);
        Assert.Empty(Directory.GetFiles(disk.Path, "*.tmp"));
        Assert.Equal(100, log.ReadAll(chunk: 20_000).Count);
        disk.MakeRoom();
        log.Log.Compact();
        Assert.Equal(50, log.ReadAll(chunk: 20_000).Count);
    }

    private static void AppendAt(TestLog log, long timestamp, string key = "k", string value = "v") =>
        log.Append(TestBatch.Create(-1, -1, -1, timestamp, (key, value)));
}
