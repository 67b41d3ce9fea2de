using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Groups;

internal enum GroupState
{
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
}

/// <summary>
/// One consumer group of the classic protocol: Empty, then PreparingRebalance while members join, CompletingRebalance until the
/// leader's assignment is there, Stable until anything changes. Thread-safe; one timer serves the next deadline of all kinds.
/// </summary>
internal sealed partial class Group : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<GroupMember> members = []; // in order of arrival
    private readonly Dictionary<string, TimeSpan> pending = []; // ids given out, whose owners have not come back yet
    private readonly KafkaBrokerOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly long startTimestamp;
    private readonly ITimer timer;
    private GroupState state;
    private int generation;
    private string? protocolType;
    private string? protocol;
    private string? leaderId;
    private TimeSpan joinableAt;
    private TimeSpan rebalanceDeadline;

    public Group(string id, KafkaBrokerOptions options, TimeProvider time, ILogger logger)
    {
        Id = id;
        this.options = options;
        this.time = time;
        this.logger = logger;
        startTimestamp = time.GetTimestamp();
        timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Id { get; }

    private TimeSpan Now => time.GetElapsedTime(startTimestamp);

    public ErrorCode Heartbeat(string memberId, string? instanceId, int memberGeneration)
    {
        lock (gate)
        {
            if (Find(memberId, instanceId, out var member) is var error and not ErrorCode.None)
            {
                return error;
            }

            if (memberGeneration != generation)
            {
                return ErrorCode.IllegalGeneration;
            }

            Touch(member!);
            return state == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    /// <summary>Takes a member out at its own wish.</summary>
    public ErrorCode Leave(string memberId, string? instanceId)
    {
        lock (gate)
        {
            if (pending.Remove(memberId))
            {
                TryCompleteJoin();
                return ErrorCode.None;
            }

            // An administrator removes a static member by its instance id alone.
            var id = memberId.Length == 0 && instanceId is not null ? members.Find(m => m.InstanceId == instanceId)?.Id ?? "" : memberId;
            if (Find(id, instanceId, out var member) is var error and not ErrorCode.None)
            {
                return error;
            }

            Remove(member!, "a member left");
            return ErrorCode.None;
        }
    }

    /// <summary>Whether this member may commit offsets now; a commit without generation is for groups without members.</summary>
    public ErrorCode CheckCommit(string memberId, string? instanceId, int memberGeneration)
    {
        lock (gate)
        {
            if (memberGeneration < 0 && state == GroupState.Empty)
            {
                return ErrorCode.None;
            }

            if (Find(memberId, instanceId, out var member) is var error and not ErrorCode.None)
            {
                return error;
            }

            if (memberGeneration != generation)
            {
                return ErrorCode.IllegalGeneration;
            }

            Touch(member!);
            return state == GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    public bool HasMembers
    {
        get
        {
            lock (gate)
            {
                return members.Count > 0 || pending.Count > 0;
            }
        }
    }

    public GroupDescription Describe()
    {
        lock (gate)
        {
            var known = state is GroupState.Stable ? protocol : null;
            return new GroupDescription(Id, state.ToString(), protocolType ?? "", known ?? "",
                [.. members.Select(m => new MemberDescription(m.Id, m.InstanceId, m.ClientId, m.ClientHost, known is null ? [] : m.MetadataOf(known), m.Assignment))]);
        }
    }

    public void Dispose() => timer.Dispose();

    private ErrorCode Find(string memberId, string? instanceId, out GroupMember? member)
    {
        member = members.Find(m => m.Id == memberId);
        if (instanceId is not null && members.Find(m => m.InstanceId == instanceId) is { } current && current.Id != memberId)
        {
            return ErrorCode.FencedInstanceId;
        }

        return member is null ? ErrorCode.UnknownMemberId : ErrorCode.None;
    }

    private void Touch(GroupMember member) => member.Deadline = Now + member.SessionTimeout;

    private void Remove(GroupMember member, string reason)
    {
        members.Remove(member);
        member.Joining?.TrySetResult(new JoinResult(ErrorCode.UnknownMemberId, member.Id));
        member.Syncing?.TrySetResult(SyncResult.Failed(ErrorCode.UnknownMemberId));
        if (leaderId == member.Id)
        {
            leaderId = members.FirstOrDefault()?.Id;
        }

        if (state is GroupState.Stable or GroupState.CompletingRebalance)
        {
            PrepareRebalance(reason);
        }
        else
        {
            TryCompleteJoin();
        }
    }

    private void OnTimer()
    {
        lock (gate)
        {
            var now = Now;
            foreach (var (id, _) in pending.Where(p => p.Value <= now).ToArray())
            {
                pending.Remove(id);
            }

            foreach (var member in members.Where(m => !m.IsWaiting && m.Deadline <= now).ToArray())
            {
                Remove(member, "a member's session timed out");
            }

            TryCompleteJoin();
            Schedule();
        }
    }

    /// <summary>Sets the timer to the next deadline. Deadlines that heartbeats moved on only cost a look when the timer fires.</summary>
    private void Schedule()
    {
        var next = TimeSpan.MaxValue;
        foreach (var member in members)
        {
            next = member.IsWaiting || member.Deadline >= next ? next : member.Deadline;
        }

        foreach (var deadline in pending.Values)
        {
            next = deadline < next ? deadline : next;
        }

        if (state == GroupState.PreparingRebalance)
        {
            var now = Now;
            var rebalance = now < joinableAt ? joinableAt : rebalanceDeadline;
            next = rebalance < next ? rebalance : next;
        }

        var due = next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((next - Now).TotalMilliseconds)));
        timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
