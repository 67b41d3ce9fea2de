using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// All consumer groups, and their committed offsets. In memory are those that have members or had some lately; the others are known
/// to the store alone, and go on from there when somebody joins.
/// </summary>
internal sealed class GroupCoordinator(KafkaBrokerOptions options, GroupStore store, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);

    public GroupStore Store => store;

    /// <summary>Takes up the groups that had members when the broker ended. Their sessions begin now: who does not come back is put out.</summary>
    public void Restore()
    {
        foreach (var id in store.GroupsWithMembers)
        {
            _groups[id] = Open(id);
        }

        if (!_groups.IsEmpty)
        {
            BrokerLog.GroupsRestored(logger, _groups.Count);
        }
    }

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

        return _groups.GetOrAdd(groupId, Open).JoinAsync(command);
    }

    /// <summary>Whether offsets may be committed; a group without members takes them from anybody (generation -1).</summary>
    public ErrorCode CheckCommit(string groupId, string memberId, string? instanceId, int generation) =>
        groupId.Length == 0 ? ErrorCode.InvalidGroupId
        : Find(groupId) is { } group ? group.CheckCommit(memberId, instanceId, generation)
        : generation >= 0 ? (store.Knows(groupId) ? ErrorCode.UnknownMemberId : ErrorCode.GroupIdNotFound)
        : store.HasRoomFor(groupId, options.MaxGroups) ? ErrorCode.None
        : ErrorCode.CoordinatorNotAvailable;

    /// <summary>The group, or one without members where only the store knows it; null where it is not known at all.</summary>
    public GroupDescription? Describe(string groupId) =>
        Find(groupId)?.Describe()
            ?? (store.Knows(groupId) ? new GroupDescription(groupId, nameof(GroupState.Empty), store.FindMembership(groupId)?.ProtocolType ?? "", "", []) : null);

    public IEnumerable<GroupDescription> DescribeAll() =>
        _groups.Keys.Union(store.Groups).Select(Describe).OfType<GroupDescription>();

    /// <summary>Whether offsets were committed: what a full or failing disk refuses is not, and the client tries again.</summary>
    public bool TryCommit(string groupId, IEnumerable<(string Topic, int Partition, CommittedOffset Offset)> commits, long retentionMs)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var expireMs = retentionMs < 0 ? -1 : nowMs + Math.Min(retentionMs, long.MaxValue - nowMs);
        return store.Try(() => store.Commit(groupId, [.. commits.Select(c => (c.Topic, c.Partition, c.Offset with { CommitTimeMs = nowMs, ExpireTimeMs = expireMs }))]));
    }

    /// <summary>Whether offsets of this group may be deleted, as far as that does not depend on the topic.</summary>
    public ErrorCode CheckDeleteOffsets(string groupId) =>
        groupId.Length == 0 ? ErrorCode.InvalidGroupId
        : Find(groupId) is { } group ? (group.HasOtherMembers ? ErrorCode.NonEmptyGroup : ErrorCode.None)
        : store.Knows(groupId) ? ErrorCode.None
        : ErrorCode.GroupIdNotFound;

    public bool TryDeleteOffsets(string groupId, IEnumerable<(string Topic, int Partition)> partitions) => store.Try(() => store.Delete(groupId, partitions));

    /// <summary>Forgets what is kept no longer; see <see cref="GroupStore.Expire"/>.</summary>
    public void Expire() =>
        store.Try(() =>
        {
            var inUse = _groups.Values.Where(g => g.HasMembers).Select(g => g.Id).ToHashSet(StringComparer.Ordinal);
            if (store.Expire(inUse, time.GetUtcNow().ToUnixTimeMilliseconds(), options.OffsetsRetention) is > 0 and var count)
            {
                BrokerLog.OffsetsExpired(logger, count);
            }
        });

    /// <summary>Brings what was stored to the disk; for fsync mode interval.</summary>
    public void Flush() => store.Try(store.Flush);

    /// <summary>
    /// Forgets a group without members. It is removed from memory last: who joins meanwhile is asked to try again, and none of a new
    /// group's is forgotten with the old one.
    /// </summary>
    public ErrorCode Delete(string groupId)
    {
        var group = Find(groupId);
        if (group?.TryRetire() == false)
        {
            return ErrorCode.NonEmptyGroup;
        }

        var isKnown = group is not null;
        var isForgotten = store.Try(() => isKnown |= store.DeleteGroup(groupId));
        if (group is not null)
        {
            _groups.TryRemove(new KeyValuePair<string, Group>(groupId, group));
        }

        return !isForgotten ? ErrorCode.NotCoordinator : isKnown ? ErrorCode.None : ErrorCode.GroupIdNotFound;
    }

    public void Dispose()
    {
        foreach (var group in _groups.Values)
        {
            group.Dispose();
        }
    }

    private Group Open(string id) => new(id, store, options, time, logger);

    /// <summary>Makes room: a group without members loses nothing, what counts of it is in the store.</summary>
    private void RemoveIdle()
    {
        foreach (var entry in _groups)
        {
            if (entry.Value.TryRetire())
            {
                _groups.TryRemove(entry);
            }
        }

        Expire();
    }
}
