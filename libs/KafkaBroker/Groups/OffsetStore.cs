using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>An offset that a group committed; <paramref name="LeaderEpoch"/> -1 where the client named none.</summary>
internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string Metadata);

/// <summary>
/// Committed offsets of all groups: in memory, and in one file that only grows and is rewritten when most of it is outdated. A
/// commit is with the operating system (in fsync mode commit: on the disk) before it is acknowledged. Thread-safe.
/// </summary>
internal sealed class OffsetStore : IDisposable
{
    /// <summary>The file is rewritten once it has grown to this and to four times what is alive in it.</summary>
    private const long RewriteSizeMin = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(string Topic, int Partition), CommittedOffset>> _groups = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly bool _durable;
    private SafeFileHandle _file;
    private long _size;
    private long _liveSize;

    public OffsetStore(string directory, bool durable, ILogger logger)
    {
        _path = Path.Combine(directory, "group-offsets");
        _durable = durable;
        _file = OpenFile();
        Load(logger);
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

    public void Commit(string group, IReadOnlyList<(string Topic, int Partition, CommittedOffset Offset)> offsets)
    {
        var entries = new OffsetEntryWriter();
        foreach (var (topic, partition, offset) in offsets)
        {
            entries.Add(group, topic, partition, offset);
        }

        Append(entries);
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

    /// <summary>Forgets a group; false where it has no offsets.</summary>
    public bool DeleteGroup(string group)
    {
        var all = FindAll(group);
        Delete(all.Select(o => (group, o.Topic, o.Partition)));
        return all.Length > 0;
    }

    /// <summary>Forgets what all groups committed for a topic that is deleted.</summary>
    public void DeleteTopic(string topic)
    {
        (string, string, int)[] gone;
        lock (_gate)
        {
            gone = [.. _groups.SelectMany(g => g.Value.Keys.Where(k => k.Topic == topic).Select(k => (g.Key, k.Topic, k.Partition)))];
        }

        Delete(gone);
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

    private void Append(OffsetEntryWriter entries)
    {
        lock (_gate)
        {
            var bytes = entries.Bytes;
            RandomAccess.Write(_file, bytes, _size);
            if (_durable)
            {
                RandomAccess.FlushToDisk(_file);
            }

            _size += bytes.Length;
            foreach (var entry in OffsetEntry.ReadAll(bytes, out _))
            {
                Apply(entry);
            }

            if (_size > RewriteSizeMin && _size > 4 * _liveSize)
            {
                Rewrite();
            }
        }
    }

    private void Load(ILogger logger)
    {
        var bytes = new byte[RandomAccess.GetLength(_file)];
        _ = RandomAccess.Read(_file, bytes, 0);
        var entries = OffsetEntry.ReadAll(bytes, out var sound);
        foreach (var entry in entries)
        {
            Apply(entry);
        }

        _size = sound;
        if (sound < bytes.Length)
        {
            BrokerLog.OffsetsCut(logger, _path, bytes.Length - sound);
            RandomAccess.SetLength(_file, sound);
        }
    }

    private void Apply(in OffsetEntry entry)
    {
        if (!_groups.TryGetValue(entry.Group, out var offsets))
        {
            _groups[entry.Group] = offsets = [];
        }

        var key = (entry.Topic, entry.Partition);
        if (entry.Offset is { } offset)
        {
            _liveSize += offsets.ContainsKey(key) ? 0 : entry.Size;
            offsets[key] = offset;
        }
        else if (offsets.Remove(key))
        {
            _liveSize -= entry.Size;
        }

        if (offsets.Count == 0)
        {
            _groups.Remove(entry.Group);
        }
    }

    private void Rewrite()
    {
        var entries = new OffsetEntryWriter();
        foreach (var (group, offsets) in _groups)
        {
            foreach (var (key, offset) in offsets)
            {
                entries.Add(group, key.Topic, key.Partition, offset);
            }
        }

        AtomicFile.Write(_path, entries.Bytes, durable: true);
        _file.Dispose();
        _file = OpenFile();
        _size = _liveSize = entries.Bytes.Length;
    }

    private SafeFileHandle OpenFile() => File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
