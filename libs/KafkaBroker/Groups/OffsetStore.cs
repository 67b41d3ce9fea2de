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

    private readonly Lock gate = new();
    private readonly Dictionary<string, Dictionary<(string Topic, int Partition), CommittedOffset>> groups = new(StringComparer.Ordinal);
    private readonly string path;
    private readonly bool durable;
    private SafeFileHandle file;
    private long size;
    private long liveSize;

    public OffsetStore(string directory, bool durable, ILogger logger)
    {
        path = Path.Combine(directory, "group-offsets");
        this.durable = durable;
        file = OpenFile();
        Load(logger);
    }

    public string[] Groups
    {
        get
        {
            lock (gate)
            {
                return [.. groups.Keys];
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
        lock (gate)
        {
            return groups.TryGetValue(group, out var offsets) && offsets.TryGetValue((topic, partition), out var offset) ? offset : null;
        }
    }

    public (string Topic, int Partition, CommittedOffset Offset)[] FindAll(string group)
    {
        lock (gate)
        {
            return groups.TryGetValue(group, out var offsets) ? [.. offsets.Select(o => (o.Key.Topic, o.Key.Partition, o.Value))] : [];
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
        lock (gate)
        {
            gone = [.. groups.SelectMany(g => g.Value.Keys.Where(k => k.Topic == topic).Select(k => (g.Key, k.Topic, k.Partition)))];
        }

        Delete(gone);
    }

    public void Dispose()
    {
        lock (gate)
        {
            file.Dispose();
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
        lock (gate)
        {
            var bytes = entries.Bytes;
            RandomAccess.Write(file, bytes, size);
            if (durable)
            {
                RandomAccess.FlushToDisk(file);
            }

            size += bytes.Length;
            foreach (var entry in OffsetEntry.ReadAll(bytes, out _))
            {
                Apply(entry);
            }

            if (size > RewriteSizeMin && size > 4 * liveSize)
            {
                Rewrite();
            }
        }
    }

    private void Load(ILogger logger)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        _ = RandomAccess.Read(file, bytes, 0);
        var entries = OffsetEntry.ReadAll(bytes, out var sound);
        foreach (var entry in entries)
        {
            Apply(entry);
        }

        size = sound;
        if (sound < bytes.Length)
        {
            BrokerLog.OffsetsCut(logger, path, bytes.Length - sound);
            RandomAccess.SetLength(file, sound);
        }
    }

    private void Apply(in OffsetEntry entry)
    {
        if (!groups.TryGetValue(entry.Group, out var offsets))
        {
            groups[entry.Group] = offsets = [];
        }

        var key = (entry.Topic, entry.Partition);
        if (entry.Offset is { } offset)
        {
            liveSize += offsets.ContainsKey(key) ? 0 : entry.Size;
            offsets[key] = offset;
        }
        else if (offsets.Remove(key))
        {
            liveSize -= entry.Size;
        }

        if (offsets.Count == 0)
        {
            groups.Remove(entry.Group);
        }
    }

    private void Rewrite()
    {
        var entries = new OffsetEntryWriter();
        foreach (var (group, offsets) in groups)
        {
            foreach (var (key, offset) in offsets)
            {
                entries.Add(group, key.Topic, key.Partition, offset);
            }
        }

        AtomicFile.Write(path, entries.Bytes, durable: true);
        file.Dispose();
        file = OpenFile();
        size = liveSize = entries.Bytes.Length;
    }

    private SafeFileHandle OpenFile() => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
}
