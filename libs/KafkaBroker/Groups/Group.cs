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
    private readonly Lock _gate = new();
    private readonly List<GroupMember> _members = []; // in order of arrival
    private readonly Dictionary<string, TimeSpan> _pending = []; // ids given out, whose owners have not come back yet
    private readonly GroupStore _store;
    private readonly KafkaBrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _startTimestamp;
    private readonly ITimer _timer;
    private GroupState _state;
    private int _generation;
    private string? _protocolType;
    private string? _protocol;
    private string? _leaderId;
    private TimeSpan _now; // when what is being handled happened: one moment, however long the handling takes
    private TimeSpan _joinableAt;
    private TimeSpan _rebalanceDeadline; // for joining, and after that for asking for the assignment
    private bool _retired;

    /// <summary>Goes on with what the store keeps of the group: members have a whole session from now on to be heard of.</summary>
    public Group(string id, GroupStore store, KafkaBrokerOptions options, TimeProvider time, ILogger logger)
    {
        Id = id;
        _store = store;
        _options = options;
        _time = time;
        _logger = logger;
        _startTimestamp = time.GetTimestamp();
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (store.FindMembership(id) is { } kept)
        {
            Restore(kept);
        }
    }

    public string Id { get; }

    public ErrorCode Heartbeat(string memberId, string? instanceId, int memberGeneration)
    {
        using (Enter())
        {
            if (Find(memberId, instanceId, out var member) is var error and not ErrorCode.None)
            {
                return error;
            }

            if (memberGeneration != _generation)
            {
                return ErrorCode.IllegalGeneration;
            }

            Touch(member!);
            return _state == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    /// <summary>Takes a member out at its own wish.</summary>
    public ErrorCode Leave(string memberId, string? instanceId)
    {
        using (Enter())
        {
            if (_pending.Remove(memberId))
            {
                TryCompleteJoin();
                return ErrorCode.None;
            }

            // An administrator removes a static member by its instance id alone.
            var id = memberId.Length == 0 && instanceId is not null ? _members.Find(m => m.InstanceId == instanceId)?.Id ?? "" : memberId;
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
        using (Enter())
        {
            if (memberGeneration < 0 && _state == GroupState.Empty)
            {
                return ErrorCode.None;
            }

            if (Find(memberId, instanceId, out var member) is var error and not ErrorCode.None)
            {
                return error;
            }

            if (memberGeneration != _generation)
            {
                return ErrorCode.IllegalGeneration;
            }

            Touch(member!);
            return _state == GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    public bool HasMembers
    {
        get
        {
            lock (_gate)
            {
                return _members.Count > 0 || _pending.Count > 0;
            }
        }
    }

    /// <summary>Whether there are members that are no consumers, so that nobody can tell which topics they use.</summary>
    public bool HasOtherMembers
    {
        get
        {
            lock (_gate)
            {
                return _members.Count > 0 && _protocolType != ConsumerSubscription.ProtocolType;
            }
        }
    }

    /// <summary>Whether a member consumes this topic; while the protocol is being chosen, any may.</summary>
    public bool IsSubscribed(string topic)
    {
        lock (_gate)
        {
            return _members.Count > 0
                && (_protocol is not { } protocol || _state == GroupState.PreparingRebalance || _members.Exists(m => ConsumerSubscription.Names(m.MetadataOf(protocol), topic)));
        }
    }

    public GroupDescription Describe()
    {
        lock (_gate)
        {
            var known = _state is GroupState.Stable ? _protocol : null;
            return new GroupDescription(Id, _state.ToString(), _protocolType ?? "", known ?? "",
                [.. _members.Select(m => new MemberDescription(m.Id, m.InstanceId, m.Details.ClientId, m.Details.ClientHost, known is null ? [] : m.MetadataOf(known), m.Details.Assignment))]);
        }
    }

    /// <summary>Ends a group without members, so that it can be forgotten; false where it has some. Nobody joins it afterwards.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            if (_members.Count == 0 && _pending.Count == 0)
            {
                Dispose();
            }

            return _retired;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _retired = true;
            _timer.Dispose();
        }
    }

    /// <summary>Takes the lock and looks at the clock, once: who decides by one look and sets the timer by another may set it past what is due.</summary>
    private Lock.Scope Enter()
    {
        var scope = _gate.EnterScope();
        _now = _time.GetElapsedTime(_startTimestamp);
        return scope;
    }

    private void Restore(Membership kept)
    {
        using (Enter())
        {
            (_generation, _protocolType, _protocol, _leaderId) = (kept.Generation, kept.ProtocolType, kept.Protocol, kept.LeaderId);
            _members.AddRange(kept.Members.Select(m => new GroupMember(m)));
            _members.ForEach(Touch);
            SetState(_members.Count > 0 ? GroupState.Stable : GroupState.Empty, "restored");
            Schedule();
        }
    }

    private ErrorCode Find(string memberId, string? instanceId, out GroupMember? member)
    {
        member = _members.Find(m => m.Id == memberId);
        var known = instanceId is null ? member : _members.Find(m => m.InstanceId == instanceId);
        return known is null ? ErrorCode.UnknownMemberId
            : known.Id != memberId ? ErrorCode.FencedInstanceId
            : ErrorCode.None;
    }

    /// <summary>Keeps this over restarts; the error is what Kafka answers where it cannot.</summary>
    private ErrorCode TryKeep(Membership membership) =>
        membership.Size > Membership.SizeMax ? ErrorCode.UnknownServerError
        : _store.Try(() => _store.Keep(Id, membership)) ? ErrorCode.None
        : ErrorCode.NotCoordinator;

    private void Touch(GroupMember member) => member.Deadline = _now + member.Details.SessionTimeout;

    private void Remove(GroupMember member, string reason)
    {
        _members.Remove(member);
        member.Joining?.TrySetResult(new JoinResult(ErrorCode.UnknownMemberId, member.Id));
        member.Syncing?.TrySetResult(SyncResult.Failed(ErrorCode.UnknownMemberId));
        if (_leaderId == member.Id)
        {
            _leaderId = _members.FirstOrDefault()?.Id;
        }

        if (_state is GroupState.Stable or GroupState.CompletingRebalance)
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
        using (Enter())
        {
            if (_retired)
            {
                return;
            }

            foreach (var (id, _) in _pending.Where(p => p.Value <= _now).ToArray())
            {
                _pending.Remove(id);
            }

            foreach (var member in _members.Where(m => !m.IsWaiting && m.Deadline <= _now).ToArray())
            {
                Remove(member, "a member's session timed out");
            }

            if (_rebalanceDeadline <= _now)
            {
                foreach (var member in _members.Where(m => m.OwesSync).ToArray())
                {
                    Remove(member, "a member did not ask for its assignment in time");
                }
            }

            TryCompleteJoin();
            Schedule();
        }
    }

    /// <summary>Sets the timer to the next deadline. Deadlines that heartbeats moved on only cost a look when the timer fires.</summary>
    private void Schedule()
    {
        var next = TimeSpan.MaxValue;
        foreach (var member in _members)
        {
            next = member.IsWaiting || member.Deadline >= next ? next : member.Deadline;
        }

        if (_members.Exists(m => m.OwesSync))
        {
            next = _rebalanceDeadline < next ? _rebalanceDeadline : next;
        }

        foreach (var deadline in _pending.Values)
        {
            next = deadline < next ? deadline : next;
        }

        if (_state == GroupState.PreparingRebalance)
        {
            var rebalance = _now < _joinableAt ? _joinableAt : _rebalanceDeadline;
            next = rebalance < next ? rebalance : next;
        }

        var due = next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((next - _now).TotalMilliseconds)));
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
