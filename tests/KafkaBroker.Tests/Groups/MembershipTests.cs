using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>Generations and members in the file of the groups.</summary>
public sealed class MembershipTests : GroupFileTests
{
    private static readonly Membership Members = new(7, "consumer", "range", "leader-1",
        [
            new("leader-1", null, "client", "/127.0.0.1", TimeSpan.FromMilliseconds(6_001), TimeSpan.FromMinutes(5), [new("range", [1, 2]), new("sticky", [])], [3]),
            new("static-2", "static", "", "/::1", TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(60), [new("range", [4])], []),
        ]);

    private static readonly Membership Empty = new(8, "consumer", null, null, []);

    [Fact]
    public void Members_come_back_as_they_were()
    {
        Open().Keep("g", Members);
        Open().KeepEmpty("empty", Empty);
        Assert.Equal(Text(Members), Text(Open().FindMembership("g")));
        Assert.Equal(Text(Empty), Text(Store!.FindMembership("empty")));
        Assert.Null(Store.FindMembership("other"));
        Assert.Equal(["g"], Store.GroupsWithMembers);
    }

    [Fact]
    public void File_cut_at_any_byte_keeps_the_last_whole_generation()
    {
        var store = Open();
        var ends = new List<long> { 0 };
        for (var generation = 1; generation <= 3; generation++)
        {
            store.Keep("g", Members with { Generation = generation });
            ends.Add(new FileInfo(FilePath).Length);
        }

        store.Dispose();
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length <= whole.Length; length++)
        {
            Store!.Dispose();
            File.WriteAllBytes(FilePath, whole[..length]);
            var generation = ends.FindLastIndex(e => e <= length);
            Assert.Equal(generation == 0 ? "" : Text(Members with { Generation = generation }), Text(Open().FindMembership("g")));
            Assert.Equal(ends[generation], new FileInfo(FilePath).Length);
        }
    }

    [Fact]
    public void File_that_is_rewritten_keeps_members_and_offsets()
    {
        var store = Open();
        store.Keep("g", Members);
        store.KeepEmpty("empty", Empty);
        for (var i = 0; i < 30_000; i++)
        {
            store.Commit("g", [("t", 0, new CommittedOffset(i, -1, ""))]);
        }

        Assert.True(new FileInfo(FilePath).Length < 1_200_000);
        store = Open();
        Assert.Equal(Text(Members), Text(store.FindMembership("g")));
        Assert.Equal(Text(Empty), Text(store.FindMembership("empty")));
        Assert.Equal(29_999, store.Find("g", "t", 0)!.Value.Offset);
    }

    [Fact]
    public void File_from_before_members_were_kept_is_read()
    {
        File.WriteAllBytes(FilePath, Convert.FromHexString((
            "27000000 e1db79fb" // size, CRC-32C
            + "01 67 01 74 03000000 01" // group g, topic t, partition 3, an offset follows
            + "0700000000000000 ffffffff 01 6d" // offset 7 without epoch, metadata m
            + "0010a5d4e8000000 ffffffffffffffff" // committed at 1e12 ms, expires as all do
            + "25000000 f940c8d1"
            + "01 67 00 ffffffff 01" // group g itself: without members since
            + "0010a5d4e8000000 ffffffff 00 0000000000000000 ffffffffffffffff").Replace(" ", "", StringComparison.Ordinal)));
        var store = Open();
        Assert.Equal(new CommittedOffset(7, -1, "m", 1_000_000_000_000), store.Find("g", "t", 3));
        Assert.Null(store.FindMembership("g"));
        var week = (long)Week.TotalMilliseconds;
        Assert.Equal(0, store.Expire(Unused, 1_000_000_000_000 + week - 1, Week));
        Assert.Equal(1, store.Expire(Unused, 1_000_000_000_000 + week, Week));
    }

    [Fact]
    public void Generation_without_members_goes_with_the_last_offset_and_members_stay()
    {
        var store = Open();
        long now = 1_000_000_000_000;
        store.Keep("members", Members);
        store.KeepEmpty("coming", Empty);
        store.KeepEmpty("bare", Empty);
        store.KeepEmpty("offsets", Empty);
        foreach (var group in new[] { "members", "offsets" })
        {
            store.Commit(group, [("t", 0, new CommittedOffset(1, -1, "", now))]);
        }

        Assert.Equal(0, store.Expire(new HashSet<string> { "coming" }, now, Week));
        store = Open();
        Assert.Equal(["coming", "members", "offsets"], store.Groups.Order());
        Assert.Equal(1, store.Expire(Unused, now + (long)Week.TotalMilliseconds, Week));
        Assert.Equal(["members"], Open().Groups);
        Assert.Equal(1, Store!.Find("members", "t", 0)!.Value.Offset);
    }

    [Fact]
    public void Deleted_group_is_gone_with_its_generation_and_offsets()
    {
        var store = Open();
        store.Commit("g", [("t", 0, new CommittedOffset(1, -1, ""))]);
        store.KeepEmpty("g", Empty);
        store.KeepEmpty("other", Empty);
        Assert.True(store.DeleteGroup("g"));
        Assert.False(store.DeleteGroup("g"));
        Assert.Equal(["other"], store.Groups);
        Assert.Equal(["other"], Open().Groups);
    }

    [Fact]
    public void Full_disk_refuses_members_and_takes_up_later_that_there_are_none()
    {
        using var disk = SmallDisk.Mount(sizeMiB: 1);
        var store = Open(directory: disk.Path);
        store.Keep("g", Members);
        disk.Fill();
        var kept = 7;
        Assert.Throws<IOException>(() =>
        {
            for (; kept < 1000; kept++)
            {
                store.Keep("g", Members with { Generation = kept + 1 });
            }
        });
        Assert.Equal(kept, store.FindMembership("g")!.Generation);
        store = Open(directory: disk.Path);
        Assert.Equal(Text(Members with { Generation = kept }), Text(store.FindMembership("g")));
        store.KeepEmpty("g", Empty);
        Assert.Equal(Text(Empty), Text(store.FindMembership("g")));
        disk.MakeRoom();
        store.Commit("other", [("t", 0, new CommittedOffset(1, -1, ""))]);
        Assert.Equal(Text(Empty), Text(Open(directory: disk.Path).FindMembership("g")));
    }

    [Theory]
    [InlineData(FsyncMode.None, 0)]
    [InlineData(FsyncMode.Interval, 1)]
    [InlineData(FsyncMode.Commit, 1)]
    public void Members_are_brought_to_the_disk_at_once_unless_nothing_ever_is(FsyncMode fsync, int expected)
    {
        var store = Open(fsync);
        var (flushes, flush) = (0, store.FlushFile);
        store.FlushFile = file =>
        {
            flushes++;
            flush(file);
        };
        store.Keep("g", Members);
        Assert.Equal(expected, flushes);
        store.Flush();
        Assert.Equal(1, flushes);
    }

    [Theory]
    [InlineData(FsyncMode.Interval)]
    [InlineData(FsyncMode.Commit)]
    public void Failed_fsync_undoes_the_change_and_the_file_is_written_anew(FsyncMode fsync)
    {
        var store = Open(fsync);
        store.Keep("g", Members);
        var (flush, size) = (store.FlushFile, new FileInfo(FilePath).Length);
        store.FlushFile = _ => throw new IOException("The disk is broken.");
        Assert.Throws<IOException>(() => store.Keep("g", Members with { Generation = 8 }));
        Assert.Equal(7, store.FindMembership("g")!.Generation);
        Assert.Equal(size, new FileInfo(FilePath).Length);
        store.FlushFile = flush;
        store.Keep("g", Members with { Generation = 9 });
        Assert.Equal(9, Open().FindMembership("g")!.Generation);
    }

    /// <summary>All of a membership: records compare arrays by reference only.</summary>
    private static string Text(Membership? membership) =>
        membership is null ? "" : $"{membership.Generation} {membership.ProtocolType} {membership.Protocol ?? "none"} {membership.LeaderId ?? "none"}: "
            + string.Join("; ", membership.Members.Select(m =>
                $"{m.Id} {m.InstanceId ?? "none"} {m.ClientId} {m.ClientHost} {m.SessionTimeout} {m.RebalanceTimeout} {Convert.ToHexString(m.Assignment)} "
                    + string.Join(", ", m.Protocols.Select(p => $"{p.Name}={Convert.ToHexString(p.Metadata)}"))));
}
