using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>
/// Requests of groups, in versions that are not flexible and that Kafka 4 still serves: JoinGroup 3 and 5, SyncGroup 3, Heartbeat 3,
/// LeaveGroup 3, OffsetCommit 7, OffsetFetch 5, FindCoordinator 2.
/// </summary>
public abstract partial class KafkaContract
{
    private static readonly (string, byte[])[] Range = [("range", [1])];

    private sealed record Joined(short Error, int Generation, string Protocol, string Leader, string MemberId, string[] Members);

    /// <summary>A connection to the coordinator of this test's group, once it has loaded its offsets.</summary>
    private async Task<RawClient> CoordinatorAsync()
    {
        var client = await ConnectAsync();
        await Eventually.TrueAsync("the group's coordinator", async () =>
        {
            var found = new WireAnswer(await client.AskAsync(Wire.Header(10, 2) + Wire.String(_group) + Wire.I8(0)));
            found.I32(); // throttle
            return found.I16() == 0 && (await OffsetsAsync(client)).Error is not (CoordinatorLoading or CoordinatorNotAvailable or NotCoordinator);
        });
        return client;
    }

    private async Task<Joined> JoinAsync(
        RawClient client, string memberId = "", string? instanceId = null, short version = 5, int sessionMs = 10_000, int rebalanceMs = 60_000, string type = "consumer", string? group = null, params (string, byte[])[] protocols) =>
        ReadJoined(await client.AskAsync(JoinRequest(memberId, instanceId, version, sessionMs, rebalanceMs, type, group, protocols)), version);

    private string JoinRequest(
        string memberId, string? instanceId = null, short version = 5, int sessionMs = 10_000, int rebalanceMs = 60_000, string type = "consumer", string? group = null, (string Name, byte[] Metadata)[]? protocols = null) =>
        Wire.Header(11, version) + Wire.String(group ?? _group) + Wire.I32(sessionMs) + Wire.I32(rebalanceMs) + Wire.String(memberId) + (version >= 5 ? Wire.String(instanceId) : "")
            + Wire.String(type) + Wire.Array([.. (protocols is null or [] ? Range : protocols).Select(p => Wire.String(p.Item1) + Wire.Bytes(p.Item2))]);

    private static Joined ReadJoined(string hex, short version = 5)
    {
        var answer = new WireAnswer(hex);
        answer.I32(); // throttle
        var joined = new Joined(answer.I16(), answer.I32(), answer.String()!, answer.String()!, answer.String()!, answer.Array(() =>
        {
            var id = answer.String()!;
            if (version >= 5)
            {
                answer.String(); // instance id
            }

            answer.Bytes(); // metadata
            return id;
        }));
        Assert.True(answer.AtEnd);
        return joined;
    }

    /// <summary>Joins an empty group, through the round that gives the member its id, and syncs: the group is stable then.</summary>
    private async Task<Joined> LeadAsync(RawClient client, string? instanceId = null, int sessionMs = 10_000, int rebalanceMs = 60_000)
    {
        var first = await JoinAsync(client, "", instanceId, sessionMs: sessionMs, rebalanceMs: rebalanceMs);
        var joined = first.Error == MemberIdRequired ? await JoinAsync(client, first.MemberId, instanceId, sessionMs: sessionMs, rebalanceMs: rebalanceMs) : first;
        Assert.Equal((0, joined.MemberId), (joined.Error, joined.Leader));
        Assert.Equal((0, "0a"), await SyncAsync(client, joined.Generation, joined.MemberId, instanceId, (joined.MemberId, [10])));
        return joined;
    }

    private async Task<(int Error, string Assignment)> SyncAsync(RawClient client, int generation, string memberId, string? instanceId = null, params (string, byte[])[] assignments) =>
        ReadSynced(await client.AskAsync(SyncRequest(generation, memberId, instanceId, assignments)));

    private string SyncRequest(int generation, string memberId, string? instanceId = null, params (string Member, byte[] Assignment)[] assignments) =>
        Wire.Header(14, 3) + Wire.String(_group) + Wire.I32(generation) + Wire.String(memberId) + Wire.String(instanceId)
            + Wire.Array([.. assignments.Select(a => Wire.String(a.Member) + Wire.Bytes(a.Assignment))]);

    private static (int Error, string Assignment) ReadSynced(string hex)
    {
        var answer = new WireAnswer(hex);
        answer.I32(); // throttle
        return (answer.I16(), Convert.ToHexStringLower(answer.Bytes()));
    }

    private Task<short> UntilRebalanceAsync(RawClient client, int generation, string memberId) =>
        Eventually.BecomesAsync("a rebalance", () => HeartbeatAsync(client, generation, memberId), error => error == RebalanceInProgress);

    private async Task<short> HeartbeatAsync(RawClient client, int generation, string memberId, string? instanceId = null)
    {
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(12, 3) + Wire.String(_group) + Wire.I32(generation) + Wire.String(memberId) + Wire.String(instanceId)));
        answer.I32(); // throttle
        return answer.I16();
    }

    private async Task<short[]> LeaveAsync(RawClient client, params (string Member, string? Instance)[] members)
    {
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(13, 3) + Wire.String(_group)
            + Wire.Array([.. members.Select(m => Wire.String(m.Member) + Wire.String(m.Instance))])));
        answer.I32(); // throttle
        var error = answer.I16();
        Assert.Equal(0, error);
        return answer.Array(() =>
        {
            answer.String();
            answer.String();
            return answer.I16();
        });
    }

    private async Task<short> CommitAsync(RawClient client, int generation, string memberId, long offset, string? metadata = null, string? instanceId = null, int partition = 0, string? group = null)
    {
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(8, 7) + Wire.String(group ?? _group) + Wire.I32(generation) + Wire.String(memberId) + Wire.String(instanceId)
            + Wire.Array(Wire.String(_topic) + Wire.Array(Wire.I32(partition) + Wire.I64(offset) + Wire.I32(-1) + Wire.String(metadata)))));
        answer.I32(); // throttle
        return answer.Array(() => (answer.String(), answer.Array(() => (answer.I32(), Error: answer.I16()))))[0].Item2[0].Error;
    }

    /// <summary>The same for partition 0 in version 9, which clients use that know of error 69; it is flexible.</summary>
    private async Task<short> CommitFlexiblyAsync(RawClient client, int generation, string memberId, long offset, string? group = null)
    {
        const string noTags = "00";
        const string nothing = "00";
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(8, 9) + noTags + Compact(group ?? _group) + Wire.I32(generation) + Compact(memberId) + nothing
            + "02" + Compact(_topic) + "02" + Wire.I32(0) + Wire.I64(offset) + Wire.I32(-1) + nothing + noTags + noTags + noTags));
        answer.I8(); // tags of the header
        answer.I32(); // throttle
        Assert.Equal(2, answer.I8()); // one topic
        for (var left = answer.I8(); left > 1; left--)
        {
            answer.I8(); // its name
        }

        Assert.Equal(2, answer.I8()); // one partition
        Assert.Equal(0, answer.I32());
        return answer.I16();

        static string Compact(string text) => Wire.I8((sbyte)(text.Length + 1)) + Wire.String(text)[4..];
    }

    /// <summary>Committed offsets and metadata of the given partitions, or of all for none.</summary>
    private async Task<(short Error, (int Partition, long Offset, string? Metadata)[] Offsets)> OffsetsAsync(RawClient client, params int[] partitions)
    {
        var answer = new WireAnswer(await client.AskAsync(Wire.Header(9, 5) + Wire.String(_group)
            + (partitions.Length == 0 ? Wire.I32(-1) : Wire.Array(Wire.String(_topic) + Wire.Array([.. partitions.Select(Wire.I32)])))));
        answer.I32(); // throttle
        var offsets = answer.Array(() => (answer.String(), answer.Array(() =>
        {
            var (partition, offset, _, metadata) = (answer.I32(), answer.I64(), answer.I32(), answer.String());
            Assert.Equal(0, answer.I16());
            return (partition, offset, metadata);
        })));
        return (answer.I16(), [.. offsets.SelectMany(t => t.Item2).OrderBy(o => o.partition)]);
    }
}
