using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>What a power loss may leave of segments that are full, but not on the disk yet: the last ones, in any state.</summary>
public sealed class UnflushedSegmentTests
{
    private const int BatchesPerSegment = 3;

    /// <summary>Room for three of the batches below.</summary>
    private static readonly (string, string) SmallSegments = ("segment.bytes", "16384");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public void Segment_whose_end_is_lost_ends_the_log_although_a_later_one_is_whole(int batchesLeft)
    {
        using var log = Filled(FsyncMode.Interval);
        var (second, third) = (log.SegmentPaths[1], log.SegmentPaths[2]);
        var size = new FileInfo(second).Length;
        log.CrashAndDamage(_ => Truncate(second, size * batchesLeft / BatchesPerSegment));
        CheckGoesOnFrom(log, BatchesPerSegment + batchesLeft);
        Assert.True(File.Exists(third + ".cut"));
    }

    [Fact]
    public void Segment_of_the_right_size_and_wrong_content_is_not_believed()
    {
        using var log = Filled(FsyncMode.Interval);
        var second = log.SegmentPaths[1];
        log.CrashAndDamage(_ => ZeroBehind(second, new FileInfo(second).Length / BatchesPerSegment));
        CheckGoesOnFrom(log, BatchesPerSegment + 1);
    }

    /// <summary>Once it is on the disk, a start need not read it again: it finds nothing wrong with a content that it does not look at.</summary>
    [Fact]
    public void Segment_that_was_flushed_is_not_read_again()
    {
        using var log = Filled(FsyncMode.Interval);
        log.Log.Flush();
        var second = log.SegmentPaths[1];
        log.CrashAndDamage(_ => ZeroBehind(second, new FileInfo(second).Length / BatchesPerSegment));
        Assert.Equal(3 * BatchesPerSegment, log.Log.HighWatermark);
    }

    [Fact]
    public void Log_written_without_fsync_is_flushed_by_the_first_start_that_promises_it()
    {
        using var folder = new TemporaryDirectory();
        using (var log = Filled(FsyncMode.None, folder.Path))
        {
            Assert.True(log.Log.Close());
        }

        using var next = new TestLog(folder.Path, FsyncMode.Commit, SmallSegments);
        var second = next.SegmentPaths[1];
        next.CrashAndDamage(_ => ZeroBehind(second, 10));
        Assert.Equal(3 * BatchesPerSegment, next.Log.HighWatermark);
    }

    private static TestLog Filled(FsyncMode fsync, string? folder = null)
    {
        var log = new TestLog(folder, fsync, SmallSegments);
        for (var i = 0; i < 3 * BatchesPerSegment; i++)
        {
            Assert.Equal(ErrorCode.None, Append(log, i).Error);
        }

        Assert.Equal(3, log.SegmentPaths.Length);
        return log;
    }

    /// <summary>Nobody was told of what is lost, and the producer sends it again: it must not be taken for old, or for too early.</summary>
    private static void CheckGoesOnFrom(TestLog log, int next)
    {
        Assert.Equal(next, log.Log.HighWatermark);
        Assert.Equal(next, log.ReadAll().Count);
        var again = Append(log, next);
        Assert.Equal((ErrorCode.None, next), (again.Error, again.BaseOffset));
    }

    private static AppendResult Append(TestLog log, int sequence) => log.Append(TestBatch.Create(7, 0, sequence, 1_000, ("k", new string('v', 5_000))));

    private static void Truncate(string path, long size)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(size);
    }

    private static void ZeroBehind(string path, long position)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        var size = file.Length;
        file.SetLength(position);
        file.SetLength(size);
    }
}
