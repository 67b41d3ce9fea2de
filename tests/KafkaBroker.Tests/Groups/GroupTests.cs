using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Tests.Groups;

/// <summary>The states of a group, on a clock that the test moves.</summary>
public sealed class GroupTests : IDisposable
{
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly KafkaBrokerOptions _options = new() { DataDirectory = "unused", MaxGroupMembers = 5 };
    private readonly TemporaryDirectory _directory = new();
    private readonly GroupStore _store;
    private readonly Group _group;

    public GroupTests()
    {
        _store = new GroupStore(_directory.Path, FsyncMode.None, NullLogger.Instance);
        _group = new Group("g", _store, _options, _time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _group.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task First_members_wait_for_each_other_and_the_first_leads()
    {
        var (a, b) = (JoinNew(), JoinNew());
        Assert.False(a.IsCompleted);
        _time.Advance(_options.GroupInitialRebalanceDelay);
        var (first, second) = (await a, await b);
        Assert.Equal((1, "range", first.MemberId), (first.Generation, first.Protocol, first.Leader));
        Assert.Equal([first.MemberId, second.MemberId], first.Members!.Select(m => m.Id));
        Assert.Empty(second.Members!);
        Assert.Equal(first.MemberId, second.Leader);
    }

    [Fact]
    public async Task Timer_that_is_early_by_less_than_its_handling_takes_does_not_hold_the_group_up()
    {
        var time = new TickingTimeProvider();
        for (var early = TimeSpan.Zero; early < 40 * TickingTimeProvider.Step; early += TickingTimeProvider.Step)
        {
            using var group = new Group("g", _store, _options, time, NullLogger.Instance);
            var join = group.JoinAsync(Command("", null));
            time.LetNextTimersBeEarlyBy(early);
            time.Advance(_options.GroupInitialRebalanceDelay);
            time.Advance(TimeSpan.FromMilliseconds(2));
            Assert.True(join.IsCompleted, $"early by {early}");
            await join;
        }
    }

    [Fact]
    public async Task Followers_wait_for_the_leaders_assignment()
    {
        var (leader, follower) = await TwoMembersAsync();
        var waiting = Sync(follower, 1);
        Assert.False(waiting.IsCompleted);
        var own = await Sync(leader, 1, (leader, [1]), (follower, [2]));
        Assert.Equal([1], own.Assignment);
        Assert.Equal([2], (await waiting).Assignment);
        Assert.Equal([2], (await Sync(follower, 1)).Assignment);
        Assert.Equal(ErrorCode.IllegalGeneration, (await Sync(follower, 2)).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, (await Sync("stranger", 1)).Error);
    }

    [Fact]
    public async Task Heartbeat_tells_strangers_old_generations_and_a_rebalance()
    {
        var (leader, follower) = await StableAsync();
        Assert.Equal(ErrorCode.None, _group.Heartbeat(leader, null, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat("stranger", null, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, _group.Heartbeat(leader, null, 0));
        _ = JoinNew();
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(leader, null, 1));
        Assert.Equal(ErrorCode.None, _group.CheckCommit(follower, null, 1));
    }

    [Fact]
    public async Task Member_that_is_silent_for_its_session_is_out_and_the_rest_rebalances()
    {
        var (leader, follower) = await StableAsync();
        _time.Advance(Session / 2);
        Assert.Equal(ErrorCode.None, _group.Heartbeat(leader, null, 1));
        _time.Advance(Session / 2);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(leader, null, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(follower, null, 1));
        var rejoined = await Join(leader);
        Assert.Equal((2, leader), (rejoined.Generation, Assert.Single(rejoined.Members!).Id));
    }

    [Fact]
    public async Task Member_that_does_not_rejoin_in_time_is_left_behind()
    {
        var (leader, follower) = await StableAsync();
        var rejoin = Join(leader);
        Assert.False(rejoin.IsCompleted);
        for (var beat = TimeSpan.Zero; beat < Rebalance; beat += Session / 2)
        {
            Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(follower, null, 1));
            _time.Advance(Session / 2);
        }

        Assert.Equal(2, (await rejoin).Generation);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(follower, null, 1));
    }

    [Fact]
    public async Task Newcomer_with_an_id_to_learn_holds_the_group_up_for_one_session_at_most()
    {
        var (leader, follower) = await StableAsync();
        var refused = await _group.JoinAsync(Command("", null) with { MustKnowItsId = true });
        Assert.Equal(ErrorCode.MemberIdRequired, refused.Error);
        var (a, b) = (Join(leader), Join(follower));
        Assert.False(a.IsCompleted);
        _time.Advance(Session);
        Assert.Equal(2, (await a).Generation);
        Assert.Equal(2, (await b).Generation);
    }

    [Fact]
    public async Task Static_member_returns_under_a_new_id_without_a_rebalance_and_its_former_self_is_fenced()
    {
        var a = _group.JoinAsync(Command("", "one"));
        var b = _group.JoinAsync(Command("", "two"));
        _time.Advance(_options.GroupInitialRebalanceDelay);
        var (leader, follower) = ((await a).MemberId, (await b).MemberId);
        await Sync(leader, 1, (leader, [1]), (follower, [2]));

        var back = await _group.JoinAsync(Command("", "two"));
        Assert.Equal((ErrorCode.None, 1), (back.Error, back.Generation));
        Assert.NotEqual(follower, back.MemberId);
        Assert.Equal([2], (await Sync(back.MemberId, 1)).Assignment);
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Heartbeat(follower, "two", 1));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.CheckCommit(follower, "two", 1));
        Assert.Equal(ErrorCode.None, _group.Heartbeat(leader, "one", 1));
    }

    [Fact]
    public async Task Returning_static_leader_does_not_assign_again()
    {
        var joining = _group.JoinAsync(Command("", "one"));
        _time.Advance(_options.GroupInitialRebalanceDelay);
        var leader = (await joining).MemberId;
        await Sync(leader, 1, (leader, [1]));
        var old = await _group.JoinAsync(Command("", "one"));
        Assert.NotEqual(old.MemberId, old.Leader);
        var recent = await _group.JoinAsync(Command("", "one") with { CanSkipAssignment = true });
        Assert.Equal((recent.MemberId, true), (recent.Leader, recent.SkipAssignment));
        Assert.Equal([1], (await Sync(recent.MemberId, 1)).Assignment);
    }

    [Fact]
    public async Task Static_member_that_returns_with_other_metadata_keeps_the_group_as_it_is()
    {
        var joining = _group.JoinAsync(Command("", "one"));
        _time.Advance(_options.GroupInitialRebalanceDelay);
        var leader = (await joining).MemberId;
        await Sync(leader, 1, (leader, [1]));
        var back = await _group.JoinAsync(Command("", "one") with { Protocols = [new GroupProtocol("range", [9])] });
        Assert.Equal(1, back.Generation);
        Assert.Equal([1], (await Sync(back.MemberId, 1)).Assignment);
    }

    [Fact]
    public async Task Static_member_that_returns_with_another_assignor_makes_the_group_rebalance()
    {
        var joining = _group.JoinAsync(Command("", "one"));
        _time.Advance(_options.GroupInitialRebalanceDelay);
        var leader = (await joining).MemberId;
        await Sync(leader, 1, (leader, [1]));
        var changed = await _group.JoinAsync(Command("", "one") with { Protocols = [new GroupProtocol("sticky", []), new GroupProtocol("range", [])] });
        Assert.Equal((2, "sticky"), (changed.Generation, changed.Protocol));
    }

    [Fact]
    public async Task Member_without_a_common_assignor_is_refused_and_so_is_one_too_many()
    {
        await StableAsync();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await _group.JoinAsync(Command("", null) with { Protocols = [new GroupProtocol("sticky", [])] })).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await _group.JoinAsync(Command("", null) with { ProtocolType = "connect" })).Error);
        for (var i = 2; i < _options.MaxGroupMembers; i++)
        {
            _ = JoinNew();
        }

        Assert.Equal(ErrorCode.GroupMaxSizeReached, (await JoinNew()).Error);
    }

    [Fact]
    public async Task Leaving_empties_the_group_and_offsets_are_then_anybodys_to_commit()
    {
        var (leader, follower) = await StableAsync();
        Assert.Equal(ErrorCode.UnknownMemberId, _group.CheckCommit("", null, -1));
        Assert.Equal(ErrorCode.None, _group.Leave(leader, null));
        Assert.Equal(ErrorCode.None, _group.Leave(follower, null));
        Assert.Equal("Empty", _group.Describe().State);
        Assert.Equal(ErrorCode.None, _group.CheckCommit("", null, -1));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Leave(leader, null));
    }

    private static JoinCommand Command(string memberId, string? instanceId) =>
        new(memberId, instanceId, "client", "/127.0.0.1", Session, Rebalance, "consumer", [new GroupProtocol("range", [1, 2])], MustKnowItsId: false, CanSkipAssignment: false);

    private Task<JoinResult> JoinNew() => _group.JoinAsync(Command("", null));

    /// <summary>Rejoins with a changed subscription, as consumers do when they must.</summary>
    private Task<JoinResult> Join(string memberId) => _group.JoinAsync(Command(memberId, null) with { Protocols = [new GroupProtocol("range", [3])] });

    private Task<SyncResult> Sync(string memberId, int generation, params (string Member, byte[] Assignment)[] assignments) =>
        _group.SyncAsync(new SyncCommand(memberId, null, generation, null, null, assignments.ToDictionary(a => a.Member, a => a.Assignment)));

    private async Task<(string Leader, string Follower)> TwoMembersAsync()
    {
        var (a, b) = (JoinNew(), JoinNew());
        _time.Advance(_options.GroupInitialRebalanceDelay);
        return ((await a).MemberId, (await b).MemberId);
    }

    private async Task<(string Leader, string Follower)> StableAsync()
    {
        var (leader, follower) = await TwoMembersAsync();
        await Sync(leader, 1, (leader, [1]), (follower, [2]));
        return (leader, follower);
    }
}
