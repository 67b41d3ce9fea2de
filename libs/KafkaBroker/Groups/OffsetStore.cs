using Microsoft.Extensions.Logging;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// An offset that a group committed; <paramref name="LeaderEpoch"/> -1 where the client named none. Times are ms since the Unix
/// epoch; <paramref name="ExpireTimeMs"/> is -1 unless the client itself said how long to keep the offset.
/// </summary>
internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommitTimeMs = 0, long ExpireTimeMs = -1);

/// <summary>
/// Committed offsets of all groups: in memory, and in one file that only grows and is rewritten when most of it is outdated. A
/// commit is with the operating system (in fsync mode commit: on the disk) before it is acknowledged. Thread-safe.
/// </summary>
internal sealed partial class OffsetStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(string Topic, int Partition), CommittedOffset>> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _emptySince = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    public OffsetStore(string directory, FsyncMode fsync, ILogger logger)
    {
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

    /// <summary>Whether the group has offsets already, or there are fewer groups than the limit.</summary>
    public bool HasRoomFor(string group, int groupsMax)
    {
        lock (_gate)
        {
            return _groups.Count < groupsMax || _groups.ContainsKey(group);
        }
    }

    /// <exception cref="IOException">The disk is full or fails; nothing was committed.</exception>
    public void Commit(string group, IReadOnlyList<(string Topic, int Partition, CommittedOffset Offset)> offsets)
    {
        var entries = new OffsetEntryWriter();
        foreach (var (topic, partition, offset) in offsets)
        {
            entries.Add(group, topic, partition, offset);
        }

        lock (_gate)
        {
            Append(entries);
        }
    }

    public CommittedOffset? Find(string group, string topic, int partition)
    {
        lock (_gate)
        {
            return _groups.TryGetValue(group, out var offsets) && offsets.TryGetValue((topic, partition), out var offset) ? offset : null;
        }
    }

    public (string Topic, int Partition, CommittedOffset Offset)[] FindAll(string group)
    {
        lock (_gate)
        {
            return _groups.TryGetValue(group, out var offsets) ? [.. offsets.Select(o => (o.Key.Topic, o.Key.Partition, o.Value))] : [];
        }
    }

    /// <summary>Forgets some offsets of a group.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing was forgotten.</exception>
    public void Delete(string group, IEnumerable<(string Topic, int Partition)> partitions)
    {
        lock (_gate)
        {
            var known = _groups.GetValueOrDefault(group);
            Delete(partitions.Where(p => known?.ContainsKey(p) == true).Select(p => (group, p.Topic, p.Partition)));
        }
    }

    /// <summary>Forgets a group; false where it has no offsets.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing was forgotten.</exception>
    public bool DeleteGroup(string group)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(group, out var offsets))
            {
                return false;
            }

            Delete([.. offsets.Keys.Select(k => (group, k.Topic, k.Partition))]);
            return true;
        }
    }

    /// <summary>Forgets what all groups committed for a topic that is deleted; if need be in memory first, and in the file later.</summary>
    public void DeleteTopic(string topic)
    {
        lock (_gate)
        {
            (string Group, string Topic, int Partition)[] gone = [.. _groups.SelectMany(g => g.Value.Keys.Where(k => k.Topic == topic).Select(k => (g.Key, k.Topic, k.Partition)))];
            try
            {
                Delete(gone);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                BrokerLog.OffsetsNotWritten(_logger, _path, e);
                Array.ForEach(gone, g => Apply(new OffsetEntry(g.Group, g.Topic, g.Partition, null)));
                _mustRewrite = true;
            }
        }
    }

    /// <summary>
    /// Forgets the offsets of groups that have been without members for longer than <paramref name="retention"/> (KIP-211), and
    /// earlier or later where the commit itself said how long (OffsetCommit 2 to 4). When a group was first seen without members
    /// is kept in the file, so that restarts neither shorten the time nor begin it anew.
    /// </summary>
    /// <returns>How many offsets were forgotten.</returns>
    /// <exception cref="IOException">The disk is full or fails; nothing was forgotten.</exception>
    public int Expire(Func<string, bool> hasMembers, long nowMs, TimeSpan retention)
    {
        lock (_gate)
        {
            var entries = new OffsetEntryWriter();
            var expired = 0;
            foreach (var (group, offsets) in _groups)
            {
                var knownEmpty = _emptySince.TryGetValue(group, out var emptySince);
                if (hasMembers(group))
                {
                    if (knownEmpty)
                    {
                        entries.Add(group, "", -1, null);
                    }

                    continue;
                }

                if (!knownEmpty)
                {
                    emptySince = nowMs;
                    entries.Add(group, "", -1, new CommittedOffset(nowMs, -1, ""));
                }

                foreach (var (key, offset) in offsets)
                {
                    var end = offset.ExpireTimeMs >= 0 ? offset.ExpireTimeMs : Math.Max(emptySince, offset.CommitTimeMs) + (long)retention.TotalMilliseconds;
                    if (end <= nowMs)
                    {
                        entries.Add(group, key.Topic, key.Partition, null);
                        expired++;
                    }
                }
            }

            Append(entries);
            return expired;
        }
    }

    /// <summary>Forgets the offsets of topics that are gone; a kill in the middle of a topic's deletion may have left them.</summary>
    public void KeepTopics(Func<string, bool> exists)
    {
        string[] gone;
        lock (_gate)
        {
            gone = [.. _groups.Values.SelectMany(g => g.Keys.Select(k => k.Topic)).Distinct().Where(t => !exists(t))];
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

    private void Delete(IEnumerable<(string Group, string Topic, int Partition)> keys)
    {
        var entries = new OffsetEntryWriter();
        foreach (var (group, topic, partition) in keys)
        {
            entries.Add(group, topic, partition, null);
        }

        Append(entries);
    }

    private void Apply(in OffsetEntry entry)
    {
        if (entry.Topic.Length == 0)
        {
            if (entry.Offset is { } since)
            {
                _emptySince[entry.Group] = since.Offset;
            }
            else
            {
                _emptySince.Remove(entry.Group);
            }

            return;
        }

        if (!_groups.TryGetValue(entry.Group, out var offsets))
        {
            _groups[entry.Group] = offsets = [];
        }

        if (entry.Offset is { } offset)
        {
            offsets[(entry.Topic, entry.Partition)] = offset;
        }
        else
        {
            offsets.Remove((entry.Topic, entry.Partition));
        }

        if (offsets.Count == 0)
        {
            // The file may still say since when it was empty: a later commit under this name counts from itself on.
            _groups.Remove(entry.Group);
            _emptySince.Remove(entry.Group);
        }
    }
}
