using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>A log whose disk is full or fails: nothing acknowledged is lost, nothing refused is seen, and it goes on when the disk does.</summary>
public sealed class StorageFailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(FsyncMode.None)]
    [InlineData(FsyncMode.Interval)]
    [InlineData(FsyncMode.Commit)]
    public async Task Full_disk_refuses_appends_serves_reads_and_takes_appends_again_when_there_is_room(FsyncMode fsync)
    {
        using var disk = SmallDisk.Mount(sizeMiB: 8);
        using var log = new TestLog(disk.Path, fsync, ("segment.bytes", "1000000"));
        var kept = new List<(long, string?)>();
        for (var round = 0; round < 3; round++)
        {
            var before = kept.Count;
            while (await AppendAsync(log, 100_000))
            {
                kept.Add((kept.Count, "k"));
            }

            disk.Fill();
            while (await AppendAsync(log, 10))
            {
                kept.Add((kept.Count, "k")); // into the rest of the last block
            }

            Assert.True(kept.Count > before);
            Check();
            log.Crash();
            Check();
            Assert.False(await AppendAsync(log, 5_000));
            log.StopAndStart();
            Check();
            disk.MakeRoom();
            Assert.Equal(ErrorCode.None, log.Log.DeleteRecords(kept.Count / 2).Error);
            Assert.True(await AppendAsync(log, 5_000));
            kept.Add((kept.Count, "k"));
            Check();
        }

        void Check()
        {
            Assert.Equal(kept.Where(r => r.Item1 >= log.Log.LogStartOffset), log.ReadAll(chunk: 300_000));
            Assert.Equal(kept.Count, log.Log.HighWatermark);
            Assert.Equal(log.Log.Size, log.SegmentPaths.Sum(p => new FileInfo(p).Length));
        }
    }

    [Fact]
    public async Task Deleting_records_makes_room_on_a_full_disk()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 4);
        using var log = new TestLog(disk.Path, FsyncMode.Interval, ("segment.bytes", "1000000"));
        while (await AppendAsync(log, 50_000))
        {
        }

        disk.Fill();
        var end = log.Log.HighWatermark;
        Assert.Equal((ErrorCode.None, end), log.Log.DeleteRecords(-1));
        Assert.Equal(0, log.Log.Size);
        Assert.Equal(end, log.Append(("k", new string('x', 50_000))).BaseOffset);
    }

    [Fact]
    public async Task Retention_makes_room_on_a_full_disk()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 4);
        using var log = new TestLog(disk.Path, FsyncMode.Interval, ("segment.bytes", "1000000"), ("retention.ms", "1000"));
        while (await AppendAsync(log, 50_000))
        {
        }

        disk.Fill();
        log.Log.ApplyRetention();
        Assert.Equal(0, log.Log.Size);
        Assert.True(await AppendAsync(log, 50_000));
    }

    [Fact]
    public async Task Failed_fsync_under_commit_undoes_what_was_not_flushed_and_the_producer_sends_it_again()
    {
        using var log = new TestLog(FsyncMode.Commit, ("segment.bytes", "16384"));
        for (var i = 0; i < 10; i++)
        {
            await log.Log.WaitForFlushAsync(log.AppendIdempotent(7, 0, 3 * i, 3)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        var before = log.ReadAll();
        var size = log.Log.Size;
        var flush = log.FlushFile;
        log.FlushFile = _ => throw new IOException("The disk is broken.");
        var refused = log.AppendIdempotent(7, 0, 30, 3);
        Assert.Equal(30, refused.BaseOffset);
        await Assert.ThrowsAsync<IOException>(() => log.Log.WaitForFlushAsync(refused).WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal((30, size), (log.Log.HighWatermark, log.Log.Size));
        Assert.Equal(before, log.ReadAll());
        Assert.Equal(size, log.SegmentPaths.Sum(p => new FileInfo(p).Length));

        log.FlushFile = flush;
        var again = log.AppendIdempotent(7, 0, 30, 3);
        Assert.Equal((ErrorCode.None, 30), (again.Error, again.BaseOffset));
        await log.Log.WaitForFlushAsync(again).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(33, log.ReadAll().Count);

        // Whoever asks late about the batch that was undone must not take the new one at its offset for it.
        await Assert.ThrowsAsync<IOException>(() => log.Log.WaitForFlushAsync(refused));
        log.Crash();
        Assert.Equal(33, log.ReadAll().Count);
    }

    [Fact]
    public async Task Failed_fsync_under_commit_also_undoes_segments_that_were_begun_meanwhile()
    {
        using var log = new TestLog(FsyncMode.Commit, ("segment.bytes", "16384"));
        await log.Log.WaitForFlushAsync(log.Append(("first", "v"))).WaitAsync(Patience, TestContext.Current.CancellationToken);
        using var entered = new SemaphoreSlim(0);
        using var mayFail = new ManualResetEventSlim();
        var flush = log.FlushFile;
        log.FlushFile = _ =>
        {
            entered.Release();
            mayFail.Wait(Patience);
            throw new IOException("The disk is broken.");
        };
        log.AppendIdempotent(9, 0, 0, 2);
        Assert.True(await entered.WaitAsync(Patience, TestContext.Current.CancellationToken));
        var last = default(KafkaBroker.Storage.AppendResult);
        for (var i = 0; i < 50; i++)
        {
            last = log.Append(("k", new string('x', 1000)));
        }

        Assert.True(log.SegmentPaths.Length > 3);
        var waiting = log.Log.WaitForFlushAsync(last);
        mayFail.Set();
        await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Single(log.SegmentPaths);
        Assert.Equal([(0, "first")], log.ReadAll());

        log.FlushFile = flush;
        await log.Log.WaitForFlushAsync(log.AppendIdempotent(9, 0, 0, 2)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(3, log.ReadAll().Count);
        log.StopAndStart();
        Assert.Equal(3, log.ReadAll().Count);
        Assert.Equal(3, log.Log.HighWatermark);
    }

    [Fact]
    public void Failed_fsync_under_interval_keeps_what_was_acknowledged_and_writes_it_again()
    {
        using var log = new TestLog(FsyncMode.Interval, ("segment.bytes", "16384"));
        for (var i = 0; i < 100; i++)
        {
            log.Append(("k" + i, new string('x', 1000)));
        }

        var flush = log.FlushFile;
        log.FlushFile = _ => throw new IOException("The disk is broken.");
        Assert.Throws<IOException>(log.Log.Flush);
        Assert.Equal(100, log.ReadAll().Count);

        log.FlushFile = flush;
        Array.ForEach(log.SegmentPaths, p => File.SetLastWriteTimeUtc(p, DateTime.UnixEpoch));
        log.Log.Flush();
        Assert.All(log.SegmentPaths, p => Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(p)));
        Assert.Equal(100, log.ReadAll().Count);
        log.Crash();
        Assert.Equal(100, log.ReadAll().Count);
    }

    [Fact]
    public void Log_that_cannot_flush_when_it_closes_says_so()
    {
        using var log = new TestLog(FsyncMode.Interval);
        log.Append(("k", "v"));
        log.FlushFile = _ => throw new IOException("The disk is broken.");
        Assert.False(log.Log.Close());
    }

    private static async Task<bool> AppendAsync(TestLog log, int size)
    {
        var result = log.Append(("k", new string('x', size)));
        Assert.True(result.Error is ErrorCode.None or ErrorCode.KafkaStorageError);
        if (result.Error == ErrorCode.None)
        {
            await log.Log.WaitForFlushAsync(result).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        return result.Error == ErrorCode.None;
    }
}
