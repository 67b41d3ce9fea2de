using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>The broker's own small files, damaged at every byte: what they hold is kept, or the broker says what is wrong and touches nothing.</summary>
public sealed class BrokerFilesDamageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Damaged_topics_file_is_replaced_by_its_copy_and_loses_no_topic()
    {
        MakeTopics();
        var saved = SavedFolder.Of(_directory.Path);
        foreach (var file in saved.Files.Where(f => Path.GetFileName(f).StartsWith("topics.json", StringComparison.Ordinal)))
        {
            foreach (var (name, position, content) in saved.Damages(file))
            {
                saved.RestoreWith(file, content);
                using var topics = OpenTopics();
                Assert.True(topics.Find("a") is { Partitions.Count: 2, Config.SegmentBytes: 20_000 }, $"{Path.GetFileName(file)}: {name} at {position}");
                Assert.Equal(1, topics.Find("b")!.Partitions[0].HighWatermark);
            }
        }
    }

    [Fact]
    public void Damaged_topics_file_and_copy_stop_the_start_and_no_record_is_removed()
    {
        MakeTopics();
        var file = Path.Combine(_directory.Path, "topics.json");
        foreach (var both in new[] { file, file + ".copy" })
        {
            File.WriteAllBytes(both, [.. File.ReadAllBytes(both).Reverse()]);
        }

        Assert.Contains("damaged", Assert.Throws<BrokerStartException>(OpenTopics).Message, StringComparison.Ordinal);
        File.Delete(file);
        File.Delete(file + ".copy");
        Assert.Contains("lost", Assert.Throws<BrokerStartException>(OpenTopics).Message, StringComparison.Ordinal);
        Assert.Equal(1, Directory.EnumerateFiles(_directory.Path, "*.log", SearchOption.AllDirectories).Count(f => new FileInfo(f).Length > 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Deletion_that_a_kill_ended_after_its_mark_is_completed(bool filesAreLeft)
    {
        MakeTopics();
        var folder = Directory.GetDirectories(Path.Combine(_directory.Path, "topics"), "b-*").Single();
        Directory.Move(folder, folder + ".deleted");
        if (!filesAreLeft)
        {
            Directory.Delete(Path.Combine(folder + ".deleted", "0"), recursive: true);
        }

        for (var start = 0; start < 2; start++)
        {
            using var topics = OpenTopics();
            Assert.Null(topics.Find("b"));
            Assert.NotNull(topics.Find("a"));
            Assert.Single(Directory.GetDirectories(Path.Combine(_directory.Path, "topics")));
        }
    }

    [Fact]
    public void Folder_with_records_that_no_topic_knows_is_set_aside_and_an_empty_one_is_removed()
    {
        MakeTopics();
        var folder = Path.Combine(_directory.Path, "topics");
        var stray = Path.Combine(folder, "c-1");
        Directory.CreateDirectory(Path.Combine(stray, "0"));
        File.WriteAllBytes(Path.Combine(stray, "0", "00000000000000000000.log"), [1]);
        Directory.CreateDirectory(Path.Combine(folder, "d-1", "0"));
        File.WriteAllBytes(Path.Combine(folder, "d-1", "0", "00000000000000000000.log"), []);
        OpenTopics().Dispose();
        OpenTopics().Dispose();
        Assert.True(File.Exists(Path.Combine(stray + ".stray", "0", "00000000000000000000.log")));
        Assert.Equal(3, Directory.GetDirectories(folder).Length);
    }

    [Fact]
    public void Damaged_offsets_are_cut_at_the_last_good_commit_and_go_on()
    {
        var ends = new List<long>();
        using (var offsets = OpenOffsets())
        {
            for (var i = 0; i < 12; i++)
            {
                offsets.Commit("group", [("t", i % 3, new CommittedOffset(i, -1, "m" + i)), ("t", 3 + i % 3, new CommittedOffset(i, -1, ""))]);
                ends.Add(new FileInfo(OffsetsPath).Length);
            }
        }

        var saved = SavedFolder.Of(_directory.Path);
        var sound = saved.Content(OffsetsPath);
        foreach (var (name, position, content) in saved.Damages(OffsetsPath, from: (int)ends[5]).Where(d => d.Content is not null))
        {
            saved.RestoreWith(OffsetsPath, content);
            var damage = name == "zeros" ? sound.AsSpan().CommonPrefixLength(content) : position;
            var kept = ends.FindLastIndex(e => e <= damage);
            using (var offsets = OpenOffsets())
            {
                for (var i = kept - 2; i <= kept; i++)
                {
                    // Of a commit of two offsets that is torn the first may be there: it was not acknowledged.
                    Assert.True(offsets.Find("group", "t", i % 3)?.Offset >= i, $"{name} at {position}: {i}");
                }

                offsets.Commit("group", [("t", 9, new CommittedOffset(1_000, 0, "new"))]);
            }

            using var again = OpenOffsets();
            Assert.Equal(1_000, again.Find("group", "t", 9)?.Offset);
            Assert.True(again.Find("group", "t", kept % 3)?.Offset >= kept);
        }
    }

    [Fact]
    public void Rewritten_offsets_are_whole_whatever_a_kill_left_beside_them()
    {
        using (var offsets = OpenOffsets())
        {
            for (var i = 0; i < 30_000; i++)
            {
                offsets.Commit("group", [("t", i % 10, new CommittedOffset(i, -1, new string('m', 40)))]);
            }
        }

        Assert.True(new FileInfo(OffsetsPath).Length < 1 << 20);
        File.WriteAllBytes(OffsetsPath + ".tmp", [1, 2, 3]);
        using var again = OpenOffsets();
        Assert.Equal(Enumerable.Range(29_990, 10), again.FindAll("group").Select(o => (int)o.Offset.Offset).Order());
    }

    [Fact]
    public void Damaged_producer_ids_give_no_id_twice()
    {
        var greatest = new ProducerIds(_directory.Path, durable: false, () => 0, NullLogger.Instance).Next()!.Value;
        var saved = SavedFolder.Of(_directory.Path);
        foreach (var (name, position, content) in saved.Damages(saved.Files.Single()))
        {
            saved.RestoreWith(saved.Files.Single(), content);
            Assert.True(new ProducerIds(_directory.Path, durable: false, () => greatest, NullLogger.Instance).Next() > greatest, $"{name} at {position}");
        }
    }

    [Fact]
    public async Task Producer_ids_that_were_lost_are_found_in_the_logs()
    {
        MakeTopics();
        await using (var broker = await StartAsync())
        {
            using var client = await Apis.RawClient.ConnectAsync(broker.Port);
            Assert.EndsWith("00000000000000050000", await client.AskAsync("0016 0000 00000007 0001 78 ffff 00000000"), StringComparison.Ordinal);
        }
    }

    public void Dispose() => _directory.Dispose();

    private string OffsetsPath => Path.Combine(_directory.Path, "group-offsets");

    /// <summary>Topic a with settings, and topic b with one record of producer 4.</summary>
    private void MakeTopics()
    {
        using var topics = OpenTopics();
        Assert.Equal(ErrorCode.None, topics.Create("a", 2, [KeyValuePair.Create("segment.bytes", (string?)"20000")], validateOnly: false).Error);
        var (_, _, topic) = topics.Create("b", 1, [], validateOnly: false);
        var batch = TestBatch.Create(4, 0, 0, 1_000, ("k", "v"));
        Assert.Equal(ErrorCode.None, topic!.Partitions[0].Append(batch, StockAspire.KafkaBroker.Storage.BatchHeader.Read(batch)).Error);
    }

    private KafkaBrokerOptions Options() => new() { DataDirectory = _directory.Path, Fsync = FsyncMode.None };

    private TopicCatalog OpenTopics() => new(Options(), clean: false, TimeProvider.System, NullLogger.Instance);

    private GroupStore OpenOffsets() => new(_directory.Path, FsyncMode.None, NullLogger.Instance);

    private Task<KafkaBrokerServer> StartAsync() => KafkaBrokerServer.StartAsync(Options(), cancellationToken: TestContext.Current.CancellationToken);
}
