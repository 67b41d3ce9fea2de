using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Groups of the classic protocol, request by request.</summary>
public abstract partial class KafkaContract
{
    private const short OffsetMetadataTooLarge = 12;
    private const short IllegalGeneration = 22;
    private const short InconsistentGroupProtocol = 23;
    private const short InvalidGroupId = 24;
    private const short UnknownMemberId = 25;
    private const short InvalidSessionTimeout = 26;
    private const short RebalanceInProgress = 27;
    private const short GroupIdNotFound = 69;
    private const short MemberIdRequired = 79;
    private const short FencedInstanceId = 82;

    [Fact]
    public async Task A_newcomer_is_given_its_id_first_and_leads_an_empty_group()
    {
        using var client = await CoordinatorAsync();
        var given = await JoinAsync(client);
        Assert.Equal((MemberIdRequired, -1, "", ""), (given.Error, given.Generation, given.Protocol, given.Leader));
        Assert.StartsWith("x-", given.MemberId, StringComparison.Ordinal);
        var joined = await JoinAsync(client, given.MemberId);
        Assert.Equal(new Joined(0, 1, "range", given.MemberId, given.MemberId, []), joined with { Members = [] });
        Assert.Equal([given.MemberId], joined.Members);
        Assert.Equal((0, "0102"), await SyncAsync(client, 1, given.MemberId, null, (given.MemberId, [1, 2])));
        Assert.Equal(0, await HeartbeatAsync(client, 1, given.MemberId));
    }

    [Fact]
    public async Task An_old_client_joins_without_the_round_for_its_id()
    {
        using var client = await CoordinatorAsync();
        var joined = await JoinAsync(client, version: 3);
        Assert.Equal(new Joined(0, 1, "range", joined.MemberId, joined.MemberId, []), joined with { Members = [] });
    }

    [Fact]
    public async Task A_stranger_is_unknown_and_a_member_of_another_generation_is_told()
    {
        using var client = await CoordinatorAsync();
        Assert.Equal(UnknownMemberId, (await JoinAsync(client, "z")).Error);
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, 1, "z"));
        Assert.Equal(UnknownMemberId, (await SyncAsync(client, 1, "z")).Error);
        Assert.Equal(new short[] { UnknownMemberId }, await LeaveAsync(client, ("z", null)));
        var leader = await LeadAsync(client);
        Assert.Equal(UnknownMemberId, (await JoinAsync(client, "z")).Error);
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, 1, "z"));
        Assert.Equal(UnknownMemberId, (await SyncAsync(client, 1, "z")).Error);
        Assert.Equal(IllegalGeneration, await HeartbeatAsync(client, 2, leader.MemberId));
        Assert.Equal(IllegalGeneration, await HeartbeatAsync(client, 0, leader.MemberId));
        Assert.Equal((IllegalGeneration, ""), await SyncAsync(client, 2, leader.MemberId));
        Assert.Equal((0, "0a"), await SyncAsync(client, 1, leader.MemberId));
    }

    [Fact]
    public async Task A_group_takes_only_those_who_share_a_protocol()
    {
        using var client = await CoordinatorAsync();
        Assert.Equal(InconsistentGroupProtocol, (await JoinAsync(client, type: "")).Error);
        await LeadAsync(client);
        Assert.Equal(InconsistentGroupProtocol, (await JoinAsync(client, type: "connect")).Error);
        Assert.Equal(InconsistentGroupProtocol, (await JoinAsync(client, protocols: [("sticky", [1])])).Error);
        Assert.Equal(MemberIdRequired, (await JoinAsync(client, protocols: [("sticky", [1]), ("range", [2])])).Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(100_000_000)]
    public async Task A_session_timeout_out_of_bounds_is_refused(int sessionMs)
    {
        using var client = await CoordinatorAsync();
        Assert.Equal(InvalidSessionTimeout, (await JoinAsync(client, sessionMs: sessionMs)).Error);
    }

    [Fact]
    public async Task A_group_has_a_name()
    {
        using var client = await CoordinatorAsync();
        Assert.Equal(InvalidGroupId, (await JoinAsync(client, group: "")).Error);
    }

    [Fact]
    public async Task Members_rebalance_when_another_comes_and_followers_wait_for_the_leader()
    {
        using var client = await CoordinatorAsync();
        using var other = await CoordinatorAsync();
        await CreateAsync(1);
        var leader = await LeadAsync(client);
        var given = await JoinAsync(other);
        await other.SendAsync(JoinRequest(given.MemberId));
        await UntilRebalanceAsync(client, 1, leader.MemberId);
        Assert.Equal((RebalanceInProgress, ""), await SyncAsync(client, 1, leader.MemberId));
        var rejoined = await JoinAsync(client, leader.MemberId);
        var follower = ReadJoined((await other.ReceiveAsync())!);
        Assert.Equal(new Joined(0, 2, "range", leader.MemberId, leader.MemberId, []), rejoined with { Members = [] });
        Assert.Equal(new[] { leader.MemberId, given.MemberId }.Order(), rejoined.Members.Order());
        Assert.Equal((0, 2, leader.MemberId, given.MemberId, 0), (follower.Error, follower.Generation, follower.Leader, follower.MemberId, follower.Members.Length));

        await other.SendAsync(SyncRequest(2, given.MemberId));
        Assert.Equal(0, await HeartbeatAsync(client, 2, leader.MemberId));
        Assert.Equal(RebalanceInProgress, await CommitAsync(client, 2, leader.MemberId, 1));
        Assert.Equal((0, "01"), await SyncAsync(client, 2, leader.MemberId, null, (leader.MemberId, [1]), (given.MemberId, [2])));
        Assert.Equal((0, "02"), ReadSynced((await other.ReceiveAsync())!));
    }

    [Fact]
    public async Task In_a_stable_group_a_followers_repetition_changes_nothing_and_the_leaders_begins_a_rebalance()
    {
        using var client = await CoordinatorAsync();
        using var other = await CoordinatorAsync();
        var (leader, follower) = await PairAsync(client, other);
        Assert.Equal(new Joined(0, 2, "range", leader, follower, []), await JoinAsync(other, follower) with { Members = [] });
        Assert.Equal(0, await HeartbeatAsync(client, 2, leader));
        await client.SendAsync(JoinRequest(leader));
        await UntilRebalanceAsync(other, 2, follower);
        Assert.Equal(3, (await JoinAsync(other, follower)).Generation);
        Assert.Equal(3, ReadJoined((await client.ReceiveAsync())!).Generation);
    }

    [Fact]
    public async Task Who_does_not_rejoin_within_the_rebalance_timeout_is_out()
    {
        using var client = await CoordinatorAsync();
        using var other = await CoordinatorAsync();
        var silent = await LeadAsync(client, rebalanceMs: 1_000);
        var given = await JoinAsync(other, rebalanceMs: 1_000);
        var joined = await JoinAsync(other, given.MemberId, rebalanceMs: 1_000);
        Assert.Equal(new Joined(0, 2, "range", given.MemberId, given.MemberId, []), joined with { Members = [] });
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, 1, silent.MemberId));
    }

    [Fact]
    public async Task Whose_session_times_out_is_out_and_the_others_rebalance()
    {
        using var client = await CoordinatorAsync();
        using var other = await CoordinatorAsync();
        var (leader, follower) = await PairAsync(client, other, sessionMs: 6_000);
        await UntilRebalanceAsync(client, 2, leader);
        var alone = await JoinAsync(client, leader);
        Assert.Equal(3, alone.Generation);
        Assert.Equal([leader], alone.Members);
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(other, 2, follower));
    }

    [Fact]
    public async Task Who_leaves_is_out_and_the_others_rebalance()
    {
        using var client = await CoordinatorAsync();
        using var other = await CoordinatorAsync();
        var (leader, follower) = await PairAsync(client, other);
        Assert.Equal(new short[] { 0, UnknownMemberId }, await LeaveAsync(other, (follower, null), ("z", null)));
        Assert.Equal(RebalanceInProgress, await HeartbeatAsync(client, 2, leader));
        Assert.Equal([leader], (await JoinAsync(client, leader)).Members);
        Assert.Equal(new short[] { 0 }, await LeaveAsync(client, (leader, null)));
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, 3, leader));
    }

    [Fact]
    public async Task A_static_member_that_returns_keeps_its_assignment_and_fences_its_former_self()
    {
        using var client = await CoordinatorAsync();
        await CreateAsync(1);
        var former = await LeadAsync(client, "i");
        Assert.StartsWith("i-", former.MemberId, StringComparison.Ordinal);
        var back = await JoinAsync(client, "", "i");
        Assert.Equal((0, 1), (back.Error, back.Generation));
        Assert.NotEqual(former.MemberId, back.MemberId);
        Assert.Equal((0, "0a"), await SyncAsync(client, 1, back.MemberId, "i"));
        Assert.Equal(0, await HeartbeatAsync(client, 1, back.MemberId, "i"));
        Assert.Equal(FencedInstanceId, await HeartbeatAsync(client, 1, former.MemberId, "i"));
        Assert.Equal(FencedInstanceId, (await SyncAsync(client, 1, former.MemberId, "i")).Error);
        Assert.Equal(FencedInstanceId, (await JoinAsync(client, former.MemberId, "i")).Error);
        Assert.Equal(FencedInstanceId, await CommitAsync(client, 1, former.MemberId, 1, instanceId: "i"));
        Assert.Equal(new short[] { FencedInstanceId }, await LeaveAsync(client, (former.MemberId, "i")));
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, 1, former.MemberId));
        Assert.Equal(new short[] { UnknownMemberId }, await LeaveAsync(client, ("", "no such instance")));
        Assert.Equal(new short[] { 0 }, await LeaveAsync(client, ("", "i")));
        Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, 1, back.MemberId, "i"));
    }

    [Fact]
    public async Task Offsets_are_committed_by_members_of_the_generation_or_by_anybody_while_there_are_none()
    {
        using var client = await CoordinatorAsync();
        await CreateAsync(2);
        Assert.Equal(0, await CommitAsync(client, -1, "", 5, "simple"));
        Assert.Equal(UnknownMemberId, await CommitAsync(client, 3, "z", 6));
        Assert.Equal(UnknownMemberId, await CommitFlexiblyAsync(client, 3, "z", 6));
        Assert.Equal(IllegalGeneration, await CommitAsync(client, 3, "z", 6, group: _group + "-none"));
        Assert.Equal(GroupIdNotFound, await CommitFlexiblyAsync(client, 3, "z", 6, group: _group + "-none"));
        Assert.Equal(UnknownTopicOrPartition, await CommitAsync(client, -1, "", 5, partition: 2));
        var leader = await LeadAsync(client);
        Assert.Equal(UnknownMemberId, await CommitAsync(client, -1, "", 6));
        Assert.Equal(UnknownMemberId, await CommitAsync(client, leader.Generation, "z", 6));
        Assert.Equal(IllegalGeneration, await CommitAsync(client, leader.Generation + 1, leader.MemberId, 6));
        Assert.Equal(0, await CommitAsync(client, leader.Generation, leader.MemberId, 7, partition: 1));
        Assert.Equal(OffsetMetadataTooLarge, await CommitAsync(client, leader.Generation, leader.MemberId, 8, new string('m', 4097)));
        Assert.Equal(0, await CommitAsync(client, leader.Generation, leader.MemberId, 9, new string('m', 4096), partition: 1));
        Assert.Equal([(0, 5, "simple"), (1, 9, new string('m', 4096))], (await OffsetsAsync(client)).Offsets);
        Assert.Equal([(1, 9, new string('m', 4096)), (7, -1, "")], (await OffsetsAsync(client, 1, 7)).Offsets);
    }

    [Fact]
    public async Task Offsets_of_several_groups_are_fetched_at_once()
    {
        using var client = await CoordinatorAsync();
        await CreateAsync(1);
        await CommitAsync(client, -1, "", 5, "m");
        var answer = await client.AskAsync("0009 0008 00000007 0001 78 00 03" + Compact(_group) + "00 00" + Compact(_group + "-none") + "00 00 00 00");
        var topic = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(_topic));
        Assert.Equal(
            ("00000007 00 00000000 03" + Compact(_group) + $"02 {_topic.Length + 1:x2} {topic} 02 00000000 0000000000000005 ffffffff 02 6d 0000 00 00 0000 00"
                + Compact(_group + "-none") + "01 0000 00 00").Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant(),
            answer);

        static string Compact(string text) => (text.Length + 1).ToString("x2", System.Globalization.CultureInfo.InvariantCulture) + Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public async Task Groups_are_described_by_their_state()
    {
        using var client = await CoordinatorAsync();
        await CreateAsync(1);
        await CommitAsync(client, -1, "", 5);
        Assert.Equal(("Empty", "", 0), await StateAsync());
        var given = await JoinAsync(client);
        Assert.Equal(MemberIdRequired, given.Error);
        Assert.Equal(("Empty", "", 0), await StateAsync());
        await JoinAsync(client, given.MemberId);
        Assert.Equal(("CompletingRebalance", "consumer", 1), await StateAsync());
        await SyncAsync(client, 1, given.MemberId);
        Assert.Equal(("Stable", "consumer", 1), await StateAsync());
        await LeaveAsync(client, (given.MemberId, null));
        Assert.Equal(("Empty", "consumer", 0), await StateAsync());

        async Task<(string State, string Type, int Members)> StateAsync()
        {
            var answer = new WireAnswer(await client.AskAsync(Wire.Header(15, 2) + Wire.Array(Wire.String(_group))));
            answer.I32(); // throttle
            return answer.Array(() =>
            {
                Assert.Equal((0, _group), (answer.I16(), answer.String()));
                var (state, type, _) = (answer.String()!, answer.String()!, answer.String());
                return (state, type, answer.Array(() => (answer.String(), answer.String(), answer.String(), answer.Bytes(), answer.Bytes())).Length);
            })[0];
        }
    }

    /// <summary>A stable group of two, of generation 2: the ids of leader and follower.</summary>
    private async Task<(string Leader, string Follower)> PairAsync(RawClient client, RawClient other, int sessionMs = 10_000)
    {
        var leader = await LeadAsync(client, sessionMs: sessionMs);
        var given = await JoinAsync(other, sessionMs: sessionMs);
        await other.SendAsync(JoinRequest(given.MemberId, sessionMs: sessionMs));
        await UntilRebalanceAsync(client, 1, leader.MemberId);
        Assert.Equal(2, (await JoinAsync(client, leader.MemberId, sessionMs: sessionMs)).Generation);
        Assert.Equal(2, ReadJoined((await other.ReceiveAsync())!).Generation);
        Assert.Equal((0, "01"), await SyncAsync(client, 2, leader.MemberId, null, (leader.MemberId, [1]), (given.MemberId, [2])));
        Assert.Equal((0, "02"), await SyncAsync(other, 2, given.MemberId));
        return (leader.MemberId, given.MemberId);
    }
}
