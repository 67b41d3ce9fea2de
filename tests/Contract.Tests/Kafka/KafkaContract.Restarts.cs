namespace StockAspire.Contract.Tests.Kafka;

/// <summary>What a group is after its broker has ended and started again.</summary>
public abstract partial class KafkaContract
{
    [Fact]
    public async Task A_group_keeps_its_members_and_its_generation_over_restarts_of_the_broker()
    {
        Joined member;
        await CreateAsync(1);
        using (var client = await CoordinatorAsync())
        {
            member = await LeadAsync(client, sessionMs: 60_000);
        }

        await fixture.RestartAsync();
        using (var client = await CoordinatorAsync())
        {
            Assert.Equal(0, await HeartbeatAsync(client, member.Generation, member.MemberId));
            Assert.Equal(IllegalGeneration, await HeartbeatAsync(client, member.Generation + 1, member.MemberId));
            Assert.Equal((0, "0a"), await SyncAsync(client, member.Generation, member.MemberId));
            Assert.Equal(0, await CommitAsync(client, member.Generation, member.MemberId, 5));
            Assert.Equal(new short[] { 0 }, await LeaveAsync(client, (member.MemberId, null)));
        }

        // Leaving was a generation of its own, and the next member is of the one after it.
        await fixture.RestartAsync();
        Joined former, latest;
        using (var client = await CoordinatorAsync())
        {
            Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, member.Generation, member.MemberId));
            Assert.Equal(UnknownMemberId, await CommitAsync(client, member.Generation, member.MemberId, 6));
            former = await LeadAsync(client, "i", sessionMs: 60_000);
            Assert.Equal(member.Generation + 2, former.Generation);
            latest = await JoinAsync(client, "", "i", sessionMs: 60_000);
            Assert.Equal((0, former.Generation), (latest.Error, latest.Generation));
        }

        await fixture.RestartAsync();
        using (var client = await CoordinatorAsync())
        {
            Assert.Equal(FencedInstanceId, await HeartbeatAsync(client, former.Generation, former.MemberId, "i"));
            Assert.Equal(0, await HeartbeatAsync(client, former.Generation, latest.MemberId, "i"));
            Assert.Equal((0, "0a"), await SyncAsync(client, former.Generation, latest.MemberId, "i"));
            Assert.Equal(UnknownMemberId, await HeartbeatAsync(client, former.Generation, latest.MemberId, "another"));
            Assert.Equal((0, 5), ((await OffsetsAsync(client)).Offsets[0].Partition, (await OffsetsAsync(client)).Offsets[0].Offset));
        }
    }
}
