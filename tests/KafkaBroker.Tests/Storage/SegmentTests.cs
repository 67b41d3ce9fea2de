using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>What a large log costs: sealed segments are opened when they are read, few at a time, and indexes are made anew where they are lost.</summary>
public sealed class SegmentTests
{
    private static readonly (string, string) SmallSegments = ("segment.bytes", "16384");

    [Fact]
    public void Clean_start_reads_neither_segments_nor_index_entries_and_a_reader_opens_what_it_needs()
    {
        using var log = Filled();
        var segments = log.SegmentPaths.Length;
        Assert.True(segments > 20);
        log.StopAndStart();
        Assert.Equal(0, log.Cache.Count);
        Assert.Equal(1200, log.Log.HighWatermark);
        Assert.Equal(segments, log.SegmentPaths.Length);

        // A start that read them would notice: same length, other content.
        log.CrashAndDamage(
            folder =>
            {
                foreach (var path in Directory.GetFiles(folder, "*.log"))
                {
                    File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
                }

                foreach (var path in Directory.GetFiles(folder, "*.index"))
                {
                    var bytes = File.ReadAllBytes(path);
                    bytes.AsSpan(48).Clear();
                    File.WriteAllBytes(path, bytes);
                }
            },
            clean: true);
        Assert.Equal((0, 1200), (log.Cache.Count, log.Log.HighWatermark));
    }

    [Fact]
    public void Reading_one_record_opens_one_segment_and_reading_all_of_them_keeps_few_open()
    {
        using var log = Filled();
        log.Cache = new SegmentCache(segmentsMax: 3);
        log.StopAndStart();
        Assert.NotNull(log.Log.PlanRead(600, 100, atLeastOne: true).Segment);
        Assert.Equal(1, log.Cache.Count);
        Assert.Equal(1200, log.ReadAll(chunk: 1000).Count);
        Assert.Equal(3, log.Cache.Count);
    }

    [Fact]
    public void Indexes_in_memory_are_bounded_in_bytes()
    {
        using var log = Filled();
        log.Cache = new SegmentCache(segmentsMax: 1000, indexSizeMax: 200); // one has 4 entries of 16 bytes or more
        log.StopAndStart();
        Assert.Equal(1200, log.ReadAll(chunk: 1000).Count);
        Assert.InRange(log.Cache.Count, 1, 3);
    }

    [Fact]
    public async Task Readers_writers_and_retention_do_not_disturb_one_another_when_every_read_closes_a_segment()
    {
        using var log = Filled(("retention.bytes", "200000"));
        log.Cache = new SegmentCache(segmentsMax: 1);
        log.StopAndStart();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var count = 0;
            for (; !done.IsCancellationRequested || count < 100; count++)
            {
                var offset = random.NextInt64(log.Log.LogStartOffset, log.Log.HighWatermark);
                var plan = log.Log.PlanRead(offset, 2_000, atLeastOne: true);
                var bytes = new byte[plan.Size];
                var size = 0;
                try
                {
                    size = plan.Segment is null ? 0 : PartitionLog.Fill(bytes, plan).Size;
                }
                catch (ObjectDisposedException)
                {
                    // Retention removed it.
                }

                if (size > 0)
                {
                    var header = BatchHeader.Read(bytes);
                    Assert.InRange(offset, header.BaseOffset, header.NextOffset - 1);
                    Assert.Equal(header.Crc, Crc32C.Compute(bytes.AsSpan(BatchHeader.CrcStart..(int)header.TotalSize)));
                }
            }
        })).ToArray();
        for (var i = 0; i < 1000; i++)
        {
            log.Append(("a", new string('x', 500)), ("b", "v"));
            if (i % 50 == 0)
            {
                log.Log.ApplyRetention();
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("emptied")]
    [InlineData("cut")]
    [InlineData("head")]
    [InlineData("entries")]
    public void Index_that_is_lost_or_damaged_is_made_anew(string damage)
    {
        using var log = Filled();
        var before = Look();
        var sound = Directory.GetFiles(Path.GetDirectoryName(log.SegmentPaths[0])!, "*.index").Order(StringComparer.Ordinal).ToDictionary(p => p, File.ReadAllBytes);
        foreach (var clean in new[] { true, false })
        {
            log.Log.Close();
            log.CrashAndDamage(
                folder =>
                {
                    foreach (var path in Directory.GetFiles(folder, "*.index"))
                    {
                        Damage(path);
                    }
                },
                clean);
            Assert.Equal(before, Look());
            Assert.All(sound, index => Assert.Equal(index.Value, File.ReadAllBytes(index.Key)));
        }

        List<(long Position, long? Time)> Look() =>
            [.. Enumerable.Range(0, 1200).Select(o => (log.Log.PlanRead(o, 100, true).Position, log.Log.FindTimestamp(1_000 + o / 2)?.Offset))];

        void Damage(string path)
        {
            var bytes = File.ReadAllBytes(path);
            switch (damage)
            {
                case "deleted":
                    File.Delete(path);
                    return;
                case "emptied":
                    bytes = [];
                    break;
                case "cut":
                    bytes = bytes[..^1];
                    break;
                case "head":
                    bytes[20] ^= 1;
                    break;
                default:
                    bytes[^1] ^= 1;
                    break;
            }

            File.WriteAllBytes(path, bytes);
        }
    }

    [Fact]
    public void Log_that_is_deleted_leaves_no_open_file_behind()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "Open files are listed on Linux only.");
        using var log = Filled();
        log.ReadAll(chunk: 1000);
        var folder = Path.GetDirectoryName(log.SegmentPaths[0])!;
        Assert.NotEmpty(OpenFilesIn(folder));
        log.Log.Delete();
        Assert.Empty(OpenFilesIn(folder));
        Assert.False(Directory.Exists(folder));
        Directory.CreateDirectory(folder);
    }

    private static string[] OpenFilesIn(string folder) =>
        [.. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(f => f.LinkTarget ?? "").Where(t => t.StartsWith(folder, StringComparison.Ordinal))];

    /// <summary>600 batches of two records, of which the timestamps count up from 1,000 by batch.</summary>
    private static TestLog Filled(params (string, string)[] settings)
    {
        var log = new TestLog(FsyncMode.None, [SmallSegments, .. settings]);
        for (var i = 0; i < 600; i++)
        {
            log.Append(TestBatch.Create(-1, -1, -1, 1_000 + i, ("a", new string('x', 500)), ("b", "v")));
        }

        return log;
    }
}
