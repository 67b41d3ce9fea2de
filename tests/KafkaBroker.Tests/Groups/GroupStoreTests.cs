using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>Committed offsets on a disk that is full or fails, after crashes, and when their time is over.</summary>
public sealed class GroupStoreTests : GroupFileTests
{
    private static readonly HashSet<string> Used = ["g"];

    [Fact]
    public void Full_disk_keeps_the_old_offsets_and_takes_new_ones_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 1);
        var store = Open(directory: disk.Path);
        Commit(store, "g", 1);
        disk.Fill();
        var committed = 1;
        Assert.Throws<IOException>(() =>
        {
            for (; committed < 1000; committed++)
            {
                Commit(store, "g", committed + 1);
            }
        });
        Assert.Equal(committed, store.Find("g", "t", 0)!.Value.Offset);
        store = Open(directory: disk.Path);
        Assert.Equal(committed, store.Find("g", "t", 0)!.Value.Offset);

        // A topic that goes takes its offsets along in any case: at the latest the next commit writes that down.
        store.DeleteTopic("t");
        Assert.Null(store.Find("g", "t", 0));
        disk.MakeRoom();
        Commit(store, "other", 5);
        store = Open(directory: disk.Path);
        Assert.Null(store.Find("g", "t", 0));
        Assert.Equal(5, store.Find("other", "t", 0)!.Value.Offset);
    }

    [Fact]
    public void Failed_fsync_under_commit_undoes_the_commit()
    {
        var store = Open(FsyncMode.Commit);
        Commit(store, "g", 1);
        var flush = store.FlushFile;
        store.FlushFile = _ => throw new IOException("The disk is broken.");
        Assert.Throws<IOException>(() => Commit(store, "g", 2));
        Assert.Equal(1, store.Find("g", "t", 0)!.Value.Offset);
        store = Open();
        Assert.Equal(1, store.Find("g", "t", 0)!.Value.Offset);
        store.FlushFile = flush;
        Commit(store, "g", 3);
        Assert.Equal(3, Open().Find("g", "t", 0)!.Value.Offset);
    }

    [Fact]
    public void Failed_fsync_under_interval_is_made_good_by_a_new_file()
    {
        var store = Open(FsyncMode.Interval);
        Commit(store, "g", 1);
        Commit(store, "g", 2);
        var flush = store.FlushFile;
        store.FlushFile = _ => throw new IOException("The disk is broken.");
        Assert.Throws<IOException>(store.Flush);
        store.FlushFile = flush;
        var size = new FileInfo(FilePath).Length;
        store.Flush();
        Assert.True(new FileInfo(FilePath).Length < size);
        Assert.Equal(2, Open().Find("g", "t", 0)!.Value.Offset);
    }

    [Fact]
    public void File_cut_at_any_byte_keeps_every_commit_before_it()
    {
        var store = Open();
        var ends = new List<long> { 0 };
        for (var i = 1; i <= 4; i++)
        {
            Commit(store, "g", i);
            ends.Add(new FileInfo(FilePath).Length);
        }

        var whole = Read(FilePath);
        for (var length = 0; length <= whole.Length; length++)
        {
            store.Dispose();
            File.WriteAllBytes(FilePath, whole[..length]);
            store = Open();
            var expected = ends.FindLastIndex(e => e <= length);
            Assert.Equal(expected == 0 ? null : expected, store.Find("g", "t", 0)?.Offset);
            Assert.Equal(ends[expected], new FileInfo(FilePath).Length);
        }
    }

    [Fact]
    public void File_is_rewritten_when_most_of_it_is_outdated_and_keeps_all_that_counts()
    {
        var store = Open();
        for (var i = 0; i < 30_000; i++)
        {
            Commit(store, "g" + i % 3, i);
        }

        Assert.True(new FileInfo(FilePath).Length < 1_200_000);
        store = Open();
        Assert.Equal([29_997, 29_998, 29_999], new[] { "g0", "g1", "g2" }.Select(g => store.Find(g, "t", 0)!.Value.Offset));
    }

    [Fact]
    public void Offsets_expire_that_long_after_the_group_was_first_seen_without_members()
    {
        var store = Open();
        long now = 1_000_000_000_000;
        var hasMembers = true;
        Commit(store, "g", 7, now);
        now += Days(30);
        Assert.Equal(0, Expire());
        hasMembers = false;
        now += Days(1);
        Assert.Equal(0, Expire()); // from here on it counts
        now += Days(6);
        Assert.Equal(0, Expire());
        store = Open(); // a restart does not begin the time anew
        now += Days(1) - 1;
        Assert.Equal(0, Expire());
        now++;
        Assert.Equal(1, Expire());
        Assert.Null(store.Find("g", "t", 0));
        Assert.Empty(store.Groups);
        Assert.Null(Open().Find("g", "t", 0));

        int Expire() => store.Expire(hasMembers ? Used : Unused, now, Week);
    }

    [Fact]
    public void Group_that_gets_members_again_begins_its_time_anew_when_they_leave()
    {
        var store = Open();
        long now = 1_000_000_000_000;
        Commit(store, "g", 7, now);
        store.Expire(Unused, now, Week);
        store.Expire(Used, now + Days(6), Week);
        store.Expire(Unused, now + Days(8), Week);
        Assert.Equal(0, store.Expire(Unused, now + Days(15) - 1, Week));
        Assert.Equal(1, store.Expire(Unused, now + Days(15), Week));
    }

    [Fact]
    public void Consumer_without_a_group_keeps_its_offsets_by_committing()
    {
        var store = Open();
        long now = 1_000_000_000_000;
        store.Expire(Unused, now, Week);
        for (var day = 0; day < 20; day += 5)
        {
            Commit(store, "g", day, now + Days(day));
            Assert.Equal(0, store.Expire(Unused, now + Days(day), Week));
        }

        Assert.Equal(0, store.Expire(Unused, now + Days(22) - 1, Week));
        Assert.Equal(1, store.Expire(Unused, now + Days(22), Week));
    }

    [Fact]
    public void Time_that_the_commit_itself_names_goes_before_the_brokers()
    {
        var store = Open();
        long now = 1_000_000_000_000;
        store.Commit("g", [("t", 0, new CommittedOffset(1, -1, "", now, now + 1_000)), ("t", 1, new CommittedOffset(1, -1, "", now, now + Days(100)))]);
        Assert.Equal(0, store.Expire(Unused, now + 999, Week));
        Assert.Equal(1, store.Expire(Unused, now + 1_000, Week));
        Assert.Equal(0, store.Expire(Unused, now + Days(99), Week));
        Assert.Equal(1, Assert.Single(store.FindAll("g")).Partition);
    }

    private static long Days(int days) => (long)TimeSpan.FromDays(days).TotalMilliseconds;

    private static void Commit(GroupStore store, string group, long offset, long timeMs = 0) =>
        store.Commit(group, [("t", 0, new CommittedOffset(offset, -1, "", timeMs))]);

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
