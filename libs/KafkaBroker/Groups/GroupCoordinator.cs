using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>All consumer groups, and their committed offsets. Members live in memory: after a restart of the broker they join anew.</summary>
internal sealed class GroupCoordinator(KafkaBrokerOptions options, OffsetStore offsets, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);

    public OffsetStore Offsets => offsets;

    public Group? Find(string id) => _groups.GetValueOrDefault(id);

    public Task<JoinResult> JoinAsync(string groupId, JoinCommand command)
    {
        if (groupId.Length == 0)
        {
            return Task.FromResult(new JoinResult(ErrorCode.InvalidGroupId, command.MemberId));
        }

        if (command.SessionTimeout < options.GroupMinSessionTimeout || command.SessionTimeout > options.GroupMaxSessionTimeout)
        {
            return Task.FromResult(new JoinResult(ErrorCode.InvalidSessionTimeout, command.MemberId));
        }

        if (Find(groupId) is null)
        {
            if (command.MemberId.Length > 0)
            {
                return Task.FromResult(new JoinResult(ErrorCode.UnknownMemberId, command.MemberId));
            }

            if (_groups.Count >= options.MaxGroups)
            {
                RemoveIdle();
            }

            if (_groups.Count >= options.MaxGroups)
            {
                return Task.FromResult(new JoinResult(ErrorCode.CoordinatorNotAvailable, command.MemberId));
            }
        }

        return _groups.GetOrAdd(groupId, id => new Group(id, options, time, logger)).JoinAsync(command);
    }

    /// <summary>Whether offsets may be committed; a group without members takes them from anybody (generation -1).</summary>
    public ErrorCode CheckCommit(string groupId, string memberId, string? instanceId, int generation) =>
        groupId.Length == 0 ? ErrorCode.InvalidGroupId
        : Find(groupId)?.CheckCommit(memberId, instanceId, generation)
            ?? (generation < 0 ? ErrorCode.None : ErrorCode.IllegalGeneration);

    /// <summary>The group, or one without members where it has offsets only; null where it is not known at all.</summary>
    public GroupDescription? Describe(string groupId) =>
        Find(groupId)?.Describe()
            ?? (offsets.FindAll(groupId).Length > 0 ? new GroupDescription(groupId, nameof(GroupState.Empty), "consumer", "", []) : null);

    public IEnumerable<GroupDescription> DescribeAll() =>
        _groups.Keys.Union(offsets.Groups).Select(Describe).OfType<GroupDescription>();

    public ErrorCode Delete(string groupId)
    {
        if (Find(groupId) is { HasMembers: true })
        {
            return ErrorCode.NonEmptyGroup;
        }

        var known = offsets.DeleteGroup(groupId);
        if (_groups.TryRemove(groupId, out var group))
        {
            group.Dispose();
            known = true;
        }

        return known ? ErrorCode.None : ErrorCode.GroupIdNotFound;
    }

    public void Dispose()
    {
        foreach (var group in _groups.Values)
        {
            group.Dispose();
        }
    }

    /// <summary>Makes room: a group without members loses nothing, its offsets are kept elsewhere.</summary>
    private void RemoveIdle()
    {
        foreach (var (id, group) in _groups)
        {
            if (!group.HasMembers && _groups.TryRemove(id, out _))
            {
                group.Dispose();
            }
        }
    }
}
