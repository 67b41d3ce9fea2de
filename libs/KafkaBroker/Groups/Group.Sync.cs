using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Groups;

internal sealed partial class Group
{
    /// <summary>Gives the member its assignment: at once in a stable group, else when the leader has sent it.</summary>
    public Task<SyncResult> SyncAsync(SyncCommand command)
    {
        using (Enter())
        {
            var result = Sync(command);
            Schedule();
            return result;
        }
    }

    private Task<SyncResult> Sync(SyncCommand command)
    {
        if (Find(command.MemberId, command.InstanceId, out var member) is var error and not ErrorCode.None)
        {
            return Task.FromResult(SyncResult.Failed(error));
        }

        if (command.Generation != _generation)
        {
            return Task.FromResult(SyncResult.Failed(ErrorCode.IllegalGeneration));
        }

        if ((command.ProtocolType is not null && command.ProtocolType != _protocolType) || (command.Protocol is not null && command.Protocol != _protocol))
        {
            return Task.FromResult(SyncResult.Failed(ErrorCode.InconsistentGroupProtocol));
        }

        Touch(member!);
        member!.OwesSync = false;
        switch (_state)
        {
            case GroupState.Stable:
                return Task.FromResult(Synced(member));
            case GroupState.CompletingRebalance when member.Id == _leaderId:
                return Task.FromResult(Assign(command.Assignments) is var refusal and not ErrorCode.None ? SyncResult.Failed(refusal) : Synced(member));
            case GroupState.CompletingRebalance:
                member.Syncing?.TrySetResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
                member.Syncing = new TaskCompletionSource<SyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                return member.Syncing.Task;
            default:
                return Task.FromResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
        }
    }

    /// <summary>
    /// The generation is kept before anybody hears of its assignments. Where the disk refuses, all are told so and have to join
    /// again, as with Kafka.
    /// </summary>
    private ErrorCode Assign(IReadOnlyDictionary<string, byte[]> assignments)
    {
        MemberDetails[] assigned = [.. _members.Select(m => m.Details with { Assignment = assignments.GetValueOrDefault(m.Id) ?? [] })];
        var error = TryKeep(new Membership(_generation, _protocolType ?? "", _protocol, _leaderId, assigned));
        if (error == ErrorCode.None)
        {
            SetState(GroupState.Stable, "the leader assigned");
        }

        foreach (var (member, details) in _members.Zip(assigned))
        {
            member.Details = error == ErrorCode.None ? details : details with { Assignment = [] };
            if (member.Syncing is { } waiting)
            {
                Touch(member);
                member.Syncing = null;
                waiting.TrySetResult(error == ErrorCode.None ? Synced(member) : SyncResult.Failed(error));
            }
        }

        if (error != ErrorCode.None)
        {
            PrepareRebalance("the assignment could not be kept");
        }

        return error;
    }

    private SyncResult Synced(GroupMember member) => new(ErrorCode.None, member.Details.Assignment, _protocolType, _protocol);
}
