using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Groups;

internal sealed partial class Group
{
    /// <summary>
    /// Joins or rejoins; the answer comes once the members are complete, or at once where nothing changes. Who meets a group in the
    /// moment of its deletion is asked to try again, and finds a new one.
    /// </summary>
    public Task<JoinResult> JoinAsync(JoinCommand command)
    {
        using (Enter())
        {
            if (_retired)
            {
                return Failed(ErrorCode.CoordinatorLoadInProgress, command.MemberId);
            }

            var result = Join(command);
            Schedule();
            return result;
        }
    }

    private Task<JoinResult> Join(JoinCommand command)
    {
        if (command.ProtocolType.Length == 0 || command.Protocols.Count == 0 || !IsCompatible(command))
        {
            return Failed(ErrorCode.InconsistentGroupProtocol, command.MemberId);
        }

        if (command.MemberId.Length == 0)
        {
            return JoinNew(command);
        }

        if (_pending.ContainsKey(command.MemberId))
        {
            _pending.Remove(command.MemberId);
            return Add(command, command.MemberId);
        }

        if (Find(command.MemberId, command.InstanceId, out var member) is var error and not ErrorCode.None)
        {
            return Failed(error, command.MemberId);
        }

        return Rejoin(member!, command);
    }

    private Task<JoinResult> JoinNew(JoinCommand command)
    {
        if (command.InstanceId is not null && _members.Find(m => m.InstanceId == command.InstanceId) is { } old)
        {
            return ReplaceStatic(old, command);
        }

        if (_members.Count + _pending.Count >= _options.MaxGroupMembers)
        {
            return Failed(ErrorCode.GroupMaxSizeReached, "");
        }

        var id = NewMemberId(command);
        if (command.InstanceId is null && command.MustKnowItsId)
        {
            // KIP-394: whoever comes back with the id is a member; a newcomer that dies in between leaves no ghost.
            _pending[id] = _now + command.SessionTimeout;
            return Failed(ErrorCode.MemberIdRequired, id);
        }

        return Add(command, id);
    }

    private Task<JoinResult> Rejoin(GroupMember member, JoinCommand command)
    {
        var unchanged = member.HasSameProtocols(command.Protocols);
        var mayStay = _state == GroupState.CompletingRebalance || (_state == GroupState.Stable && member.Id != _leaderId);
        if (unchanged && mayStay)
        {
            Touch(member);
            return Task.FromResult(Joined(member));
        }

        member.Details = member.Details with { Protocols = command.Protocols, SessionTimeout = command.SessionTimeout, RebalanceTimeout = command.RebalanceTimeout };
        return Park(member, "a member rejoined");
    }

    private Task<JoinResult> Add(JoinCommand command, string id)
    {
        if (_members.Count == 0)
        {
            _protocolType = command.ProtocolType;
        }

        var member = new GroupMember(Details(command, id));
        _members.Add(member);
        _leaderId ??= id;
        return Park(member, "a member joined");
    }

    /// <summary>
    /// A static member came back under a new id: it takes the place and the assignment of its former self, which is fenced. The
    /// group does not notice as long as its assignor stays the same. What the member says about itself is not compared: a Java
    /// client that rejoined once says of which generation it is, and a restarted one does not.
    /// </summary>
    private Task<JoinResult> ReplaceStatic(GroupMember old, JoinCommand command)
    {
        var member = new GroupMember(Details(command, NewMemberId(command)) with { Assignment = old.Details.Assignment });
        var place = _members.IndexOf(old);
        _members[place] = member;
        var staysStable = _state == GroupState.Stable && SelectProtocol() == _protocol;
        if (KeepReplaced(old.Id, m => staysStable ? member.Details : m with { Id = member.Id }) is var error and not ErrorCode.None)
        {
            _members[place] = old;
            return Failed(error, "");
        }

        old.Joining?.TrySetResult(new JoinResult(ErrorCode.FencedInstanceId, old.Id));
        old.Syncing?.TrySetResult(SyncResult.Failed(ErrorCode.FencedInstanceId));
        var formerLeader = _leaderId;
        if (_leaderId == old.Id)
        {
            _leaderId = member.Id;
        }

        if (!staysStable)
        {
            return Park(member, "a static member was replaced");
        }

        Touch(member);
        var result = Joined(member);

        // Before version 9 a client cannot be told to skip the assignment, so a returning leader is kept from seeing that it leads.
        return Task.FromResult(command.CanSkipAssignment
            ? result with { SkipAssignment = member.Id == _leaderId }
            : result with { Leader = formerLeader ?? "", Members = [] });
    }

    /// <summary>
    /// What is kept of the last stable generation gets the new id whatever the group is about: with the former one a restart would
    /// fence the client that has the new one.
    /// </summary>
    private ErrorCode KeepReplaced(string formerId, Func<MemberDetails, MemberDetails> replace) =>
        _store.FindMembership(Id) is not { } kept || kept.Members.FirstOrDefault(m => m.Id == formerId) is not { } former
            ? ErrorCode.None
            : TryKeep(kept with
            {
                LeaderId = kept.LeaderId == formerId ? replace(former).Id : kept.LeaderId,
                Members = [.. kept.Members.Select(m => m == former ? replace(m) : m)],
            });

    /// <summary>Lets the member wait for the end of the rebalance, which begins now unless it is under way.</summary>
    private Task<JoinResult> Park(GroupMember member, string reason)
    {
        member.Joining?.TrySetResult(new JoinResult(ErrorCode.RebalanceInProgress, member.Id));
        member.Joining = new TaskCompletionSource<JoinResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = member.Joining.Task;
        PrepareRebalance(reason);
        return answer;
    }

    private void PrepareRebalance(string reason)
    {
        var longest = _members.Count == 0 ? TimeSpan.Zero : _members.Max(m => m.RebalanceTimeout);
        if (_state == GroupState.PreparingRebalance)
        {
            if (_now < _joinableAt)
            {
                // The first members of a group come one after the other: each gives the next another moment.
                _joinableAt = Min(_now + _options.GroupInitialRebalanceDelay, _rebalanceDeadline);
            }

            TryCompleteJoin();
            return;
        }

        foreach (var member in _members)
        {
            member.Syncing?.TrySetResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
            (member.Syncing, member.OwesSync) = (null, false);
        }

        _rebalanceDeadline = _now + longest;
        _joinableAt = _state == GroupState.Empty ? Min(_now + _options.GroupInitialRebalanceDelay, _rebalanceDeadline) : _now;
        SetState(GroupState.PreparingRebalance, reason);
        TryCompleteJoin();
    }

    private void TryCompleteJoin()
    {
        if (_state != GroupState.PreparingRebalance || _now < _joinableAt)
        {
            Schedule();
            return;
        }

        if (_now >= _rebalanceDeadline || (_pending.Count == 0 && _members.TrueForAll(m => m.Joining is not null)))
        {
            CompleteJoin();
        }

        Schedule();
    }

    private void CompleteJoin()
    {
        // Static members keep their place until their session ends; others had to come back by now.
        _members.RemoveAll(m => m.Joining is null && m.InstanceId is null);
        if (_members.Count > 0 && _members.TrueForAll(m => m.Joining is null))
        {
            _rebalanceDeadline = _now + _members.Max(m => m.RebalanceTimeout);
            return;
        }

        _generation++;
        if (_members.Count == 0)
        {
            (_protocol, _leaderId) = (null, null);
            _store.KeepEmpty(Id, new Membership(_generation, _protocolType ?? "", null, null, []));
            SetState(GroupState.Empty, "no members left");
            return;
        }

        if (_members.Find(m => m.Id == _leaderId)?.Joining is null)
        {
            _leaderId = _members.Find(m => m.Joining is not null)!.Id;
        }

        _protocol = SelectProtocol();
        SetState(GroupState.CompletingRebalance, "all members joined");
        _rebalanceDeadline = _now + _members.Max(m => m.RebalanceTimeout);
        foreach (var member in _members)
        {
            Touch(member);
            member.OwesSync = member.Joining is not null;
            member.Joining?.TrySetResult(Joined(member));
            member.Joining = null;
        }
    }

    private JoinResult Joined(GroupMember member) =>
        new(ErrorCode.None, member.Id, _generation, _protocolType, _protocol, _leaderId ?? "", false,
            member.Id == _leaderId ? [.. _members.Select(m => new JoinedMember(m.Id, m.InstanceId, m.MetadataOf(_protocol)))] : []);

    private bool IsCompatible(JoinCommand command)
    {
        var others = _members.Where(m => m.Id != command.MemberId && (command.InstanceId is null || m.InstanceId != command.InstanceId)).ToArray();
        return others.Length == 0
            || (command.ProtocolType == _protocolType && command.Protocols.Any(p => Array.TrueForAll(others, m => m.Protocols.Any(o => o.Name == p.Name))));
    }

    /// <summary>The assignor that all members have and most of them like best.</summary>
    private string SelectProtocol()
    {
        var common = _members[0].Protocols.Select(p => p.Name).Where(n => _members.TrueForAll(m => m.Protocols.Any(p => p.Name == n))).ToArray();
        return _members.GroupBy(m => m.Protocols.First(p => common.Contains(p.Name)).Name).MaxBy(g => g.Count())!.Key;
    }

    private static MemberDetails Details(JoinCommand command, string id) =>
        new(id, command.InstanceId, command.ClientId, command.ClientHost, command.SessionTimeout, command.RebalanceTimeout, command.Protocols, []);

    private void SetState(GroupState next, string reason)
    {
        _state = next;
        BrokerLog.GroupChanged(_logger, Id, _generation, next.ToString(), _members.Count, reason);
    }

    /// <summary>The client's name for itself and a UUID; a name that would make the id overlong is cut.</summary>
    private static string NewMemberId(JoinCommand command)
    {
        const int nameMax = 249;
        var name = command.InstanceId ?? command.ClientId;
        return $"{(name.Length > nameMax ? name[..(char.IsHighSurrogate(name[nameMax - 1]) ? nameMax - 1 : nameMax)] : name)}-{Guid.NewGuid()}";
    }

    private static Task<JoinResult> Failed(ErrorCode error, string memberId) => Task.FromResult(new JoinResult(error, memberId));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
