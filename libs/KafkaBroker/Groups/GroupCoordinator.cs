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
        : Find(groupId) is { } group ? group.CheckCommit(memberId, instanceId, generation)
        : generation >= 0 ? ErrorCode.IllegalGeneration
        : offsets.HasRoomFor(groupId, options.MaxGroups) ? ErrorCode.None
        : ErrorCode.CoordinatorNotAvailable;

    /// <summary>The group, or one without members where it has offsets only; null where it is not known at all.</summary>
    public GroupDescription? Describe(string groupId) =>
        Find(groupId)?.Describe()
            ?? (offsets.FindAll(groupId).Length > 0 ? new GroupDescription(groupId, nameof(GroupState.Empty), "", "", []) : null);

    public IEnumerable<GroupDescription> DescribeAll() =>
        _groups.Keys.Union(offsets.Groups).Select(Describe).OfType<GroupDescription>();

    /// <summary>Whether offsets were committed: what a full or failing disk refuses is not, and the client tries again.</summary>
    public bool TryCommit(string groupId, IEnumerable<(string Topic, int Partition, CommittedOffset Offset)> commits, long retentionMs)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var expireMs = retentionMs < 0 ? -1 : nowMs + Math.Min(retentionMs, long.MaxValue - nowMs);
        return TryStore(() => offsets.Commit(groupId, [.. commits.Select(c => (c.Topic, c.Partition, c.Offset with { CommitTimeMs = nowMs, ExpireTimeMs = expireMs }))]));
    }

    /// <summary>Whether offsets of this group may be deleted, as far as that does not depend on the topic.</summary>
    public ErrorCode CheckDeleteOffsets(string groupId) =>
        groupId.Length == 0 ? ErrorCode.InvalidGroupId
        : Find(groupId) is { } group ? (group.HasOtherMembers ? ErrorCode.NonEmptyGroup : ErrorCode.None)
        : offsets.FindAll(groupId).Length > 0 ? ErrorCode.None
        : ErrorCode.GroupIdNotFound;

    public bool TryDeleteOffsets(string groupId, IEnumerable<(string Topic, int Partition)> partitions) => TryStore(() => offsets.Delete(groupId, partitions));

    /// <summary>Forgets the offsets that are kept no longer; see <see cref="OffsetStore.Expire"/>.</summary>
    public void ExpireOffsets() =>
        TryStore(() =>
        {
            if (offsets.Expire(id => Find(id)?.HasMembers == true, time.GetUtcNow().ToUnixTimeMilliseconds(), options.OffsetsRetention) is > 0 and var count)
            {
                BrokerLog.OffsetsExpired(logger, count);
            }
        });

    /// <summary>Brings committed offsets to the disk; for fsync mode interval.</summary>
    public void FlushOffsets() => TryStore(offsets.Flush);

    public ErrorCode Delete(string groupId)
    {
        var known = false;
        if (Find(groupId) is { } group)
        {
            if (!group.TryRetire())
            {
                return ErrorCode.NonEmptyGroup;
            }

            _groups.TryRemove(new KeyValuePair<string, Group>(groupId, group));
            known = true;
        }

        var hadOffsets = false;
        if (!TryStore(() => hadOffsets = offsets.DeleteGroup(groupId)))
        {
            return ErrorCode.NotCoordinator;
        }

        return known || hadOffsets ? ErrorCode.None : ErrorCode.GroupIdNotFound;
    }

    public void Dispose()
    {
        foreach (var group in _groups.Values)
        {
            group.Dispose();
        }
    }

    private bool TryStore(Action change)
    {
        try
        {
            change();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BrokerLog.OffsetsNotWritten(logger, nameof(offsets), e);
            return false;
        }
    }

    /// <summary>Makes room: a group without members loses nothing, its offsets are kept elsewhere.</summary>
    private void RemoveIdle()
    {
        foreach (var entry in _groups)
        {
            if (entry.Value.TryRetire())
            {
                _groups.TryRemove(entry);
            }
        }
    }
}
