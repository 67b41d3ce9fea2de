using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Tests.Storage;

public sealed class PartitionLogTests
{
    private static readonly (string, string) SmallSegments = ("segment.bytes", "16384");

    [Fact]
    public void Offsets_count_up_over_batches_segments_and_restarts()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        for (var i = 0; i < 600; i++)
        {
            Assert.Equal(2 * i, log.Append(("a" + i, "v"), ("b" + i, "v")).BaseOffset);
        }

        Assert.True(log.SegmentPaths.Length > 2);
        var expected = Enumerable.Range(0, 1200).Select(o => ((long)o, (string?)$"{"ab"[o % 2]}{o / 2}")).ToList();
        Assert.Equal(expected, log.ReadAll());
        log.StopAndStart();
        Assert.Equal(expected, log.ReadAll());
        log.Crash();
        Assert.Equal(expected, log.ReadAll());
        Assert.Equal(expected[501..], log.ReadAll().Where(r => r.Offset >= 501));
        Assert.Equal(1200, log.Append(("x", "v")).BaseOffset);
    }

    [Fact]
    public void Read_starts_with_the_batch_that_holds_the_offset_and_ends_with_a_whole_one()
    {
        using var log = new TestLog();
        for (var i = 0; i < 10; i++)
        {
            log.Append(("a", "v"), ("b", "v"), ("c", "v"));
        }

        Assert.Equal(3, log.ReadAll(from: 4)[0].Offset);
        Assert.Equal(0, log.Log.PlanRead(0, sizeMax: 10, atLeastOne: false).Size);
        Assert.Equal(88, log.Log.PlanRead(0, sizeMax: 10, atLeastOne: true).Size);
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Log.PlanRead(31, 100, true).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Log.PlanRead(-1, 100, true).Error);
        Assert.Null(log.Log.PlanRead(30, 100, true).Segment);
    }

    [Fact]
    public void Resend_of_any_of_the_last_five_batches_gets_its_first_offset_also_after_a_crash()
    {
        using var log = new TestLog();
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(2 * i, log.AppendIdempotent(7, 0, 2 * i, 2).BaseOffset);
        }

        Check();
        log.Crash();
        Check();
        log.StopAndStart();
        Check();
        Assert.Equal(14, log.AppendIdempotent(7, 0, 14, 1).BaseOffset);

        void Check()
        {
            for (var i = 2; i < 7; i++)
            {
                Assert.Equal((ErrorCode.None, 2 * i), (log.AppendIdempotent(7, 0, 2 * i, 2).Error, log.AppendIdempotent(7, 0, 2 * i, 2).BaseOffset));
            }

            Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.AppendIdempotent(7, 0, 2, 2).Error);
            Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.AppendIdempotent(7, 0, 15, 1).Error);
            Assert.Equal(14, log.ReadAll().Count);
        }
    }

    [Fact]
    public void New_epoch_starts_at_zero_and_fences_the_old_one()
    {
        using var log = new TestLog();
        log.AppendIdempotent(7, 1, 0, 2);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.AppendIdempotent(7, 2, 5, 1).Error);
        Assert.Equal(ErrorCode.None, log.AppendIdempotent(7, 2, 0, 1).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, log.AppendIdempotent(7, 1, 2, 1).Error);
    }

    [Fact]
    public void Sequence_wraps_from_the_greatest_int32_to_zero()
    {
        using var log = new TestLog();
        log.AppendIdempotent(7, 0, int.MaxValue - 1, 3); // ends at sequence 0
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.AppendIdempotent(7, 0, 0, 1).Error);
        Assert.Equal(ErrorCode.None, log.AppendIdempotent(7, 0, 1, 1).Error);
    }

    [Fact]
    public void Producers_are_known_after_a_crash_that_left_several_segments()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        for (var i = 0; i < 300; i++)
        {
            log.AppendIdempotent(i % 3, 0, i / 3, 1);
            log.Append(("fill", new string('x', 100)));
        }

        Assert.True(log.SegmentPaths.Length > 2);
        log.Crash();
        for (var producer = 0; producer < 3; producer++)
        {
            Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.AppendIdempotent(producer, 0, 50, 1).Error);
            Assert.Equal(ErrorCode.None, log.AppendIdempotent(producer, 0, 100, 1).Error);
        }
    }

    [Fact]
    public async Task Under_fsync_commit_readers_see_what_is_flushed_and_the_acknowledgement_waits_for_it()
    {
        using var log = new TestLog(FsyncMode.Commit, SmallSegments);
        for (var i = 0; i < 300; i++)
        {
            var result = log.Append(("k" + i, new string('x', 100)));
            Assert.True(log.Log.HighWatermark <= result.NextOffset);
            await log.Log.WaitForFlushAsync(result).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.Equal(result.NextOffset, log.Log.HighWatermark);
        }

        Assert.Equal(300, log.ReadAll().Count);
        log.Crash();
        Assert.Equal(300, log.Log.HighWatermark);
    }

    [Fact]
    public void Compaction_keeps_the_last_record_of_each_key_at_its_offset()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments, ("cleanup.policy", "compact"));
        for (var i = 0; i < 500; i++)
        {
            log.Append(("k" + i % 10, "v" + i), ("only" + i / 100, "v"));
        }

        log.Log.Compact();
        var expected = new List<(long Offset, string? Key)>();
        for (var i = 0; i < 500; i++)
        {
            expected.AddRange(i >= 490 ? [(2 * i, "k" + i % 10)] : []);
            expected.AddRange(i % 100 == 99 ? [(2 * i + 1, "only" + i / 100)] : []);
        }

        Check();
        log.Crash();
        Check();
        log.StopAndStart();
        Check();
        Assert.Equal(1000, log.Append(("k0", "new")).BaseOffset);
        log.Log.Compact();
        Assert.Equal(expected.Count, log.ReadAll().Count);
        Assert.Equal((1000, "k0"), log.ReadAll()[^1]);
        Assert.DoesNotContain((980L, "k0"), log.ReadAll());

        void Check()
        {
            Assert.Equal(expected, log.ReadAll());
            Assert.Equal(expected, log.ReadAll(chunk: 100_000));

            // A reader whose offset is gone goes on with the next one that is left.
            Assert.Equal(expected.First(e => e.Offset >= 300), log.ReadAll(from: 300)[0]);
            Assert.Equal(1000, log.Log.HighWatermark);
        }
    }

    [Fact]
    public void Compaction_drops_tombstones_only_when_they_are_old()
    {
        using var log = new TestLog(FsyncMode.None, ("cleanup.policy", "compact"), ("delete.retention.ms", "500000"));
        log.Append(("a", "v"));
        log.Append(("a", null));
        log.Append(("b", "v"));
        log.Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(400_000 + 1_000_000));
        log.Log.Compact();
        Assert.Equal([(2, "b")], log.ReadAll());
    }

    [Fact]
    public void Segments_that_a_crash_left_beside_their_merge_are_removed()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments, ("cleanup.policy", "compact"));
        for (var i = 0; i < 400; i++)
        {
            log.Append(("k" + i % 10, new string('x', 100)));
        }

        var second = log.SegmentPaths[1];
        var copy = File.ReadAllBytes(second);
        log.Log.Compact();
        File.WriteAllBytes(second, copy);
        var before = log.ReadAll();
        log.Crash();
        Assert.Equal(before, log.ReadAll());
        Assert.False(File.Exists(second));
    }

    [Fact]
    public void Retention_by_size_and_by_time_removes_whole_old_segments()
    {
        using var bySize = new TestLog(FsyncMode.None, SmallSegments, ("retention.bytes", "40000"));
        using var byTime = new TestLog(FsyncMode.None, SmallSegments, ("retention.ms", "1000"));
        foreach (var log in new[] { bySize, byTime })
        {
            for (var i = 0; i < 600; i++)
            {
                log.Append(("k" + i, new string('x', 100)));
            }

            log.Log.ApplyRetention();
            Assert.Equal(ErrorCode.OffsetOutOfRange, log.Log.PlanRead(0, 100, true).Error);
            var start = log.Log.LogStartOffset;
            log.Crash();
            Assert.Equal(start, log.Log.LogStartOffset);
            Assert.Equal(600, log.Append(("next", "v")).BaseOffset);
        }

        Assert.InRange(bySize.Log.Size, 40_000, 40_000 + 2 * 16_384);
        Assert.Equal([(600, "next")], byTime.ReadAll());
    }

    [Fact]
    public void Deleted_records_stay_deleted_and_their_offsets_are_not_used_again()
    {
        using var log = new TestLog(FsyncMode.None, SmallSegments);
        for (var i = 0; i < 400; i++)
        {
            log.Append(("k" + i, new string('x', 100)));
        }

        Assert.Equal((ErrorCode.None, 250), log.Log.DeleteRecords(250));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1), log.Log.DeleteRecords(401));
        Assert.Equal(250, log.ReadAll()[0].Offset);
        Assert.Equal((ErrorCode.None, 400), log.Log.DeleteRecords(-1));
        log.CrashAnd(file => file.SetLength(0));
        Assert.Equal(400, log.Append(("next", "v")).BaseOffset);
    }
}
