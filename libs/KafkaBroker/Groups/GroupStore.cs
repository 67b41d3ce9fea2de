using Microsoft.Extensions.Logging;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// An offset that a group committed; <paramref name="LeaderEpoch"/> -1 where the client named none. Times are ms since the Unix
/// epoch; <paramref name="ExpireTimeMs"/> is -1 unless the client itself said how long to keep the offset.
/// </summary>
internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommitTimeMs = 0, long ExpireTimeMs = -1);

/// <summary>
/// Committed offsets and members of all groups: in memory, and in one file that only grows and is rewritten when most of it is
/// outdated. What is stored is with the operating system (in fsync mode commit, and members in interval too: on the disk) before it
/// is acknowledged. Thread-safe; it calls nobody, so that groups may call it under their locks.
/// </summary>
internal sealed partial class GroupStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredGroup> _groups = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    public GroupStore(string directory, FsyncMode fsync, ILogger logger)
    {
        // The name is older than the members in it.
        _path = Path.Combine(directory, "group-offsets");
        _fsync = fsync;
        _logger = logger;
        _file = OpenFile();
        Load();
    }

    public string[] Groups
    {
        get
        {
            lock (_gate)
            {
                return [.. _groups.Keys];
            }
        }
    }

    public string[] GroupsWithMembers
    {
        get
        {
            lock (_gate)
            {
                return [.. _groups.Where(g => g.Value.HasMembers).Select(g => g.Key)];
            }
        }
    }

    public bool Knows(string group)
    {
        lock (_gate)
        {
            return _groups.ContainsKey(group);
        }
    }

    /// <summary>Whether the group is known already, or there are fewer groups than the limit.</summary>
    public bool HasRoomFor(string group, int groupsMax)
    {
        lock (_gate)
        {
            return _groups.Count < groupsMax || _groups.ContainsKey(group);
        }
    }

    public Membership? FindMembership(string group)
    {
        lock (_gate)
        {
            return _groups.GetValueOrDefault(group)?.Membership;
        }
    }

    /// <summary>Makes a change to the store; false where the disk is full or fails, and the log tells why.</summary>
    public bool Try(Action change)
    {
        try
        {
            change();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BrokerLog.GroupsNotWritten(_logger, _path, e);
            return false;
        }
    }

    /// <summary>
    /// Keeps generation and members of a group. They are brought to the disk under fsync mode interval too: a loss of power must not
    /// bring back the former id of a static member, since the client of the latter one would be fenced for good.
    /// </summary>
    /// <exception cref="IOException">The disk is full or fails; what was kept before still is.</exception>
    public void Keep(string group, Membership membership)
    {
        lock (_gate)
        {
            Append([new MembershipEntry(group, membership)], flush: true);
        }
    }

    /// <summary>Keeps that a group has no members any more; if need be in memory first, and in the file later.</summary>
    public void KeepEmpty(string group, Membership membership)
    {
        lock (_gate)
        {
            AppendNowOrLater([new MembershipEntry(group, membership)]);
        }
    }

    /// <exception cref="IOException">The disk is full or fails; nothing was committed.</exception>
    public void Commit(string group, IReadOnlyList<(string Topic, int Partition, CommittedOffset Offset)> offsets)
    {
        lock (_gate)
        {
            Append([.. offsets.Select(o => new OffsetEntry(group, o.Topic, o.Partition, o.Offset))]);
        }
    }

    public CommittedOffset? Find(string group, string topic, int partition)
    {
        lock (_gate)
        {
            return _groups.TryGetValue(group, out var known) && known.Offsets.TryGetValue((topic, partition), out var offset) ? offset : null;
        }
    }

    public (string Topic, int Partition, CommittedOffset Offset)[] FindAll(string group)
    {
        lock (_gate)
        {
            return _groups.TryGetValue(group, out var known) ? [.. known.Offsets.Select(o => (o.Key.Topic, o.Key.Partition, o.Value))] : [];
        }
    }

    /// <summary>Forgets some offsets of a group.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing was forgotten.</exception>
    public void Delete(string group, IEnumerable<(string Topic, int Partition)> partitions)
    {
        lock (_gate)
        {
            var known = _groups.GetValueOrDefault(group);
            Append([.. partitions.Where(p => known?.Offsets.ContainsKey(p) == true).Select(p => new OffsetEntry(group, p.Topic, p.Partition, null))]);
        }
    }

    /// <summary>Forgets a group; false where it is not known.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing was forgotten.</exception>
    public bool DeleteGroup(string group)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(group, out var known))
            {
                return false;
            }

            Append([.. known.Offsets.Keys.Select(k => new OffsetEntry(group, k.Topic, k.Partition, null)), new MembershipEntry(group, null)]);
            return true;
        }
    }

    /// <summary>Forgets what all groups committed for a topic that is deleted; if need be in memory first, and in the file later.</summary>
    public void DeleteTopic(string topic)
    {
        lock (_gate)
        {
            AppendNowOrLater([.. _groups.SelectMany(g => g.Value.Offsets.Keys.Where(k => k.Topic == topic).Select(k => new OffsetEntry(g.Key, k.Topic, k.Partition, null)))]);
        }
    }

    /// <summary>
    /// Forgets the offsets of groups that have been without members for longer than <paramref name="retention"/> (KIP-211), and
    /// earlier or later where the commit itself said how long (OffsetCommit 2 to 4); groups of which only the generation is left go
    /// with them. When a group was first seen without members is kept in the file, so that restarts neither shorten the time nor
    /// begin it anew.
    /// </summary>
    /// <param name="inUse">Groups with members, or with some on their way, of which the file need not know yet.</param>
    /// <param name="nowMs">Now, in ms since the Unix epoch.</param>
    /// <param name="retention">How long offsets are kept.</param>
    /// <returns>How many offsets were forgotten.</returns>
    /// <exception cref="IOException">The disk is full or fails; nothing was forgotten.</exception>
    public int Expire(IReadOnlySet<string> inUse, long nowMs, TimeSpan retention)
    {
        lock (_gate)
        {
            var entries = new List<GroupEntry>();
            var expired = 0;
            foreach (var (name, group) in _groups)
            {
                if (group.HasMembers || inUse.Contains(name))
                {
                    if (group.EmptySinceMs is not null)
                    {
                        entries.Add(new EmptySinceEntry(name, null));
                    }

                    continue;
                }

                if (group.EmptySinceMs is null && group.Offsets.Count > 0)
                {
                    entries.Add(new EmptySinceEntry(name, nowMs));
                }

                var emptySince = group.EmptySinceMs ?? nowMs;
                var ended = group.Offsets.Where(o => EndMs(o.Value, emptySince) <= nowMs).Select(o => new OffsetEntry(name, o.Key.Topic, o.Key.Partition, null)).ToArray();
                entries.AddRange(ended);
                expired += ended.Length;
                if (ended.Length == group.Offsets.Count && group.Membership is not null)
                {
                    entries.Add(new MembershipEntry(name, null));
                }
            }

            Append(entries);
            return expired;
        }

        long EndMs(CommittedOffset offset, long emptySinceMs) =>
            offset.ExpireTimeMs >= 0 ? offset.ExpireTimeMs : Math.Max(emptySinceMs, offset.CommitTimeMs) + (long)retention.TotalMilliseconds;
    }

    /// <summary>Forgets the offsets of topics that are gone; a kill in the middle of a topic's deletion may have left them.</summary>
    public void KeepTopics(Func<string, bool> exists)
    {
        string[] gone;
        lock (_gate)
        {
            gone = [.. _groups.Values.SelectMany(g => g.Offsets.Keys.Select(k => k.Topic)).Distinct().Where(t => !exists(t))];
        }

        Array.ForEach(gone, DeleteTopic);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }

    private void Apply(GroupEntry entry)
    {
        if (!_groups.TryGetValue(entry.Group, out var group))
        {
            _groups[entry.Group] = group = new StoredGroup();
        }

        group.Apply(entry);
        if (group.IsGone)
        {
            _groups.Remove(entry.Group);
        }
    }
}
