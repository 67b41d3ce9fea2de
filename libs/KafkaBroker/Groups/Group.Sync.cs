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
                Assign(command.Assignments);
                return Task.FromResult(Synced(member));
            case GroupState.CompletingRebalance:
                member.Syncing?.TrySetResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
                member.Syncing = new TaskCompletionSource<SyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                return member.Syncing.Task;
            default:
                return Task.FromResult(SyncResult.Failed(ErrorCode.RebalanceInProgress));
        }
    }

    private void Assign(IReadOnlyDictionary<string, byte[]> assignments)
    {
        SetState(GroupState.Stable, "the leader assigned");
        foreach (var member in _members)
        {
            member.Assignment = assignments.GetValueOrDefault(member.Id) ?? [];
            if (member.Syncing is { } waiting)
            {
                Touch(member);
                member.Syncing = null;
                waiting.TrySetResult(Synced(member));
            }
        }
    }

    private SyncResult Synced(GroupMember member) => new(ErrorCode.None, member.Assignment, _protocolType, _protocol);
}
