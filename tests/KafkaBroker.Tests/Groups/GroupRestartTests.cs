using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>A group whose broker ends without a word and starts again, with all of its file or without the last of it.</summary>
public sealed class GroupRestartTests : IDisposable
{
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly KafkaBrokerOptions _options = new() { DataDirectory = "unused" };
    private readonly TemporaryDirectory _directory = new();
    private GroupStore _store = null!;
    private Group _group = null!;

    public GroupRestartTests() => Open(FsyncMode.None);

    private string FilePath => Path.Combine(_directory.Path, "group-offsets");

    public void Dispose()
    {
        _group.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Members_go_on_with_generation_and_assignment()
    {
        var (leader, follower) = await StableAsync();
        var before = Text(_group.Describe());
        Restart();
        Assert.Equal(before, Text(_group.Describe()));
        Assert.Equal(ErrorCode.None, Heartbeat(leader, 1));
        Assert.Equal(ErrorCode.None, Heartbeat(follower, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, Heartbeat(follower, 0));
        Assert.Equal(ErrorCode.None, _group.CheckCommit(follower, null, 1));
        Assert.Equal([2], (await Sync(follower, 1)).Assignment);

        // A follower that joins again with nothing new to say is told how things are, and the leader begins a new round.
        Assert.Equal(1, (await Join(follower)).Generation);
        var again = Join(leader);
        Assert.Equal(ErrorCode.RebalanceInProgress, Heartbeat(follower, 1));
        _ = Join(follower);
        Assert.Equal((2, leader), ((await again).Generation, (await again).Leader));
    }

    [Fact]
    public async Task Members_have_a_whole_session_from_the_start_on_and_who_stays_away_is_put_out()
    {
        var (leader, follower) = await StableAsync();
        _time.Advance(Session * 0.9);
        Restart();
        _time.Advance(Session * 0.9);
        Assert.Equal(ErrorCode.None, Heartbeat(leader, 1));
        _time.Advance(Session * 0.1);
        Assert.Equal(ErrorCode.RebalanceInProgress, Heartbeat(leader, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, Heartbeat(follower, 1));
        var rejoined = await Join(leader);
        Assert.Equal((2, leader), (rejoined.Generation, Assert.Single(rejoined.Members!).Id));
    }

    [Fact]
    public async Task Generation_of_a_group_that_was_left_does_not_go_back()
    {
        var (leader, follower) = await StableAsync();
        Assert.Equal(ErrorCode.None, _group.Leave(leader, null));
        Assert.Equal(ErrorCode.None, _group.Leave(follower, null));
        Restart();
        Assert.Equal(("Empty", "consumer", 0), (_group.Describe().State, _group.Describe().ProtocolType, _group.Describe().Members.Count));
        Assert.Equal(ErrorCode.UnknownMemberId, Heartbeat(leader, 1));
        Assert.Equal(ErrorCode.None, _group.CheckCommit("", null, -1));
        var newcomer = Join("");
        _time.Advance(_options.GroupInitialRebalanceDelay);
        Assert.Equal(3, (await newcomer).Generation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rebalance_that_was_under_way_is_forgotten_and_members_begin_it_again(bool hadNewGeneration)
    {
        var (leader, follower) = await StableAsync();
        var joining = Join(leader);
        var newGeneration = 1;
        if (hadNewGeneration)
        {
            _ = Join(follower);
            newGeneration = (await joining).Generation;
            Assert.Equal(2, newGeneration);
        }

        Restart();
        Assert.Equal(hadNewGeneration ? ErrorCode.IllegalGeneration : ErrorCode.None, Heartbeat(leader, newGeneration));
        Assert.Equal(hadNewGeneration ? ErrorCode.IllegalGeneration : ErrorCode.None, (await Sync(follower, newGeneration)).Error);
        var again = Join(leader);
        Assert.Equal(ErrorCode.RebalanceInProgress, Heartbeat(follower, 1));
        _ = Join(follower);
        Assert.Equal(2, (await again).Generation);
        Assert.Equal([9], (await Sync(leader, 2, (leader, [9]))).Assignment);
    }

    [Fact]
    public async Task Generation_that_a_power_loss_took_is_joined_again_under_the_same_ids()
    {
        var (leader, follower) = await StableAsync();
        var size = new FileInfo(FilePath).Length;
        var newcomer = Join("");
        var (a, b) = (Join(leader), Join(follower));
        var third = (await newcomer).MemberId;
        Assert.Equal((2, 2), ((await a).Generation, (await b).Generation));
        await Sync(leader, 2, (leader, [4]), (follower, [5]), (third, [6]));
        Restart(size);

        // A member that the file still knows comes back by its id; one that it does not is a newcomer.
        Assert.Equal(ErrorCode.IllegalGeneration, Heartbeat(leader, 2));
        Assert.Equal(ErrorCode.IllegalGeneration, _group.CheckCommit(follower, null, 2));
        Assert.Equal(ErrorCode.UnknownMemberId, Heartbeat(third, 2));
        Assert.Equal(ErrorCode.UnknownMemberId, (await Join(third)).Error);
        var (e, c, d) = (Join(""), Join(leader), Join(follower));
        Assert.Equal((2, 2, 2), ((await c).Generation, (await d).Generation, (await e).Generation));
        Assert.Equal(3, (await c).Members!.Count);
        var latest = (await e).MemberId;
        Assert.Equal([7], (await Sync(leader, 2, (leader, [7]), (follower, [8]), (latest, [9]))).Assignment);
        Assert.Equal([9], (await Sync(latest, 2)).Assignment);
    }

    [Theory]
    [InlineData("Stable")]
    [InlineData("PreparingRebalance")]
    [InlineData("CompletingRebalance")]
    public async Task Static_member_is_known_by_its_latest_id_whatever_the_group_was_about(string state)
    {
        var (leader, former) = await StableAsync("static");
        if (state != "Stable")
        {
            _ = Join(leader);
            Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(former, "static", 1));
        }

        if (state == "CompletingRebalance")
        {
            await Join(former, "static");
        }

        Assert.Equal(state, _group.Describe().State);
        var returning = Join("", "static");
        if (state == "CompletingRebalance")
        {
            _ = Join(leader);
        }

        var latest = (await returning).MemberId;
        Restart();
        Assert.Equal(ErrorCode.None, _group.Heartbeat(latest, "static", 1));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Heartbeat(former, "static", 1));
        Assert.Equal([2], (await Sync(latest, 1)).Assignment);
        Assert.Equal(ErrorCode.None, Heartbeat(leader, 1));
    }

    [Fact]
    public async Task Static_leader_is_known_by_its_latest_id()
    {
        var first = Join("", "static");
        _time.Advance(_options.GroupInitialRebalanceDelay);
        var former = (await first).MemberId;
        await Sync(former, 1, (former, [1]));
        var latest = (await Join("", "static")).MemberId;
        Restart();
        Assert.Equal([1], (await Sync(latest, 1)).Assignment);
        var again = await Join(latest, "static");
        Assert.Equal((2, latest), (again.Generation, again.Leader));
    }

    [Fact]
    public async Task Assignment_that_the_disk_refuses_reaches_nobody_and_all_join_again()
    {
        Reopen(FsyncMode.Commit);
        var (leader, follower) = await JoinedAsync();
        var waiting = Sync(follower, 1);
        var flush = _store.FlushFile;
        _store.FlushFile = _ => throw new IOException("The disk is broken.");
        Assert.Equal((ErrorCode.NotCoordinator, 0), ((await Sync(leader, 1, (leader, [1]), (follower, [2]))).Error, (await waiting).Assignment.Length));
        Assert.Equal(ErrorCode.NotCoordinator, (await waiting).Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, Heartbeat(follower, 1));
        _store.FlushFile = flush;
        var (a, b) = (Join(leader), Join(follower));
        Assert.Equal((2, 2), ((await a).Generation, (await b).Generation));
        Assert.Equal([3], (await Sync(leader, 2, (leader, [3]))).Assignment);
        Reopen(FsyncMode.Commit);
        Assert.Equal(ErrorCode.None, Heartbeat(leader, 2));
    }

    [Fact]
    public async Task Static_member_that_the_disk_does_not_let_in_finds_its_former_self_in_place()
    {
        Reopen(FsyncMode.Commit);
        var (_, former) = await StableAsync("static");
        _store.FlushFile = _ => throw new IOException("The disk is broken.");
        var refused = await Join("", "static");
        Assert.Equal((ErrorCode.NotCoordinator, ""), (refused.Error, refused.MemberId));
        Assert.Equal(ErrorCode.None, _group.Heartbeat(former, "static", 1));
    }

    [Fact]
    public async Task Assignments_beyond_all_bounds_are_refused()
    {
        var (leader, _) = await JoinedAsync();
        Assert.Equal(ErrorCode.UnknownServerError, (await Sync(leader, 1, (leader, new byte[Membership.SizeMax + 1]))).Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, Heartbeat(leader, 1));
        Assert.Null(_store.FindMembership("g"));
    }

    [Fact]
    public async Task Coordinator_takes_up_groups_with_members_and_knows_the_others()
    {
        var (leader, _) = await StableAsync();
        _store.KeepEmpty("left", new Membership(4, "consumer", null, null, []));
        Restart();
        using var groups = new GroupCoordinator(_options, _store, _time, NullLogger.Instance);
        groups.Restore();
        Assert.Equal(ErrorCode.None, groups.Find("g")!.Heartbeat(leader, null, 1));
        Assert.Equal([("g", "Stable"), ("left", "Empty")], groups.DescribeAll().Select(g => (g.Id, g.State)).Order());
        Assert.Equal("consumer", groups.Describe("left")!.ProtocolType);
        Assert.Equal(ErrorCode.UnknownMemberId, groups.CheckCommit("left", "m", null, 4));
        Assert.Equal(ErrorCode.GroupIdNotFound, groups.CheckCommit("other", "m", null, 4));
        Assert.Equal(ErrorCode.NonEmptyGroup, groups.Delete("g"));
        Assert.Equal(ErrorCode.None, groups.Delete("left"));
        Assert.Null(groups.Describe("left"));
        Assert.Equal(ErrorCode.GroupIdNotFound, groups.Delete("left"));
    }

    private static string Text(GroupDescription group) =>
        $"{group.State} {group.ProtocolType} {group.Protocol}: "
            + string.Join("; ", group.Members.Select(m => $"{m.Id} {m.InstanceId} {m.ClientId} {m.ClientHost} {Convert.ToHexString(m.Metadata)} {Convert.ToHexString(m.Assignment)}"));

    private static JoinCommand Command(string memberId, string? instanceId) =>
        new(memberId, instanceId, "client", "/127.0.0.1", Session, Rebalance, "consumer", [new("range", [1, 2]), new("sticky", [])], MustKnowItsId: false, CanSkipAssignment: false);

    private Task<JoinResult> Join(string memberId, string? instanceId = null) => _group.JoinAsync(Command(memberId, instanceId));

    private ErrorCode Heartbeat(string memberId, int generation) => _group.Heartbeat(memberId, null, generation);

    private Task<SyncResult> Sync(string memberId, int generation, params (string Member, byte[] Assignment)[] assignments) =>
        _group.SyncAsync(new SyncCommand(memberId, null, generation, null, null, assignments.ToDictionary(a => a.Member, a => a.Assignment)));

    private async Task<(string Leader, string Follower)> JoinedAsync(string? followersInstanceId = null)
    {
        var (a, b) = (Join(""), Join("", followersInstanceId));
        _time.Advance(_options.GroupInitialRebalanceDelay);
        return ((await a).MemberId, (await b).MemberId);
    }

    private async Task<(string Leader, string Follower)> StableAsync(string? followersInstanceId = null)
    {
        var (leader, follower) = await JoinedAsync(followersInstanceId);
        await Sync(leader, 1, (leader, [1]), (follower, [2]));
        return (leader, follower);
    }

    /// <summary>kill -9 and a new start; with a size, of a file that a power loss left at that.</summary>
    private void Restart(long? size = null)
    {
        _group.Dispose();
        _store.Dispose();
        if (size is { } left)
        {
            using var file = File.OpenHandle(FilePath, FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(file, left);
        }

        Open(FsyncMode.None);
    }

    private void Reopen(FsyncMode fsync)
    {
        _group.Dispose();
        _store.Dispose();
        Open(fsync);
    }

    private void Open(FsyncMode fsync)
    {
        _store = new GroupStore(_directory.Path, fsync, NullLogger.Instance);
        _group = new Group("g", _store, _options, _time, NullLogger.Instance);
    }
}
