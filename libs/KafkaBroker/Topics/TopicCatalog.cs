using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Topics;

/// <summary>
/// All topics of the broker. Look-ups are lock-free; changes are serial, and durable before they are seen. A topic's folder is
/// named after name and id, so that a topic made anew never meets the files of its deleted namesake.
/// </summary>
internal sealed class TopicCatalog : IDisposable
{
    /// <summary>Ends the name of a deleted topic's folder, as long as the list of topics may still have it.</summary>
    private const string DeletedSuffix = ".deleted";

    /// <summary>Suffix of folders that belong to no topic, but hold records: they are for people to look at.</summary>
    private const string StraySuffix = ".stray";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Topic> _byId = new();
    private readonly KafkaBrokerOptions _options;
    private readonly LogSurroundings _logs;
    private readonly ILogger _logger;
    private readonly string _filePath;
    private readonly string _directory;

    public TopicCatalog(KafkaBrokerOptions options, bool clean, TimeProvider time, ILogger logger)
    {
        _options = options;
        _logs = new LogSurroundings(options.Fsync, new SegmentCache(), time, logger);
        _logger = logger;
        _filePath = Path.Combine(options.DataDirectory, "topics.json");
        _directory = Path.Combine(options.DataDirectory, "topics");
        Directory.CreateDirectory(_directory);
        Load(clean);
    }

    public ICollection<Topic> All => _byName.Values;

    public int PartitionCount => _byName.Values.Sum(t => t.Partitions.Count);

    /// <summary>The greatest producer id that any partition remembers; 0 where none does.</summary>
    public long GreatestProducerId => _byName.Values.SelectMany(t => t.Partitions).Select(p => p.GreatestProducerId).DefaultIfEmpty().Max();

    public Topic? Find(string name) => _byName.GetValueOrDefault(name);

    public Topic? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>Makes a topic, or only says whether it could be made; -1 partitions stands for the broker's default.</summary>
    public (ErrorCode Error, string? Message, Topic? Topic) Create(string name, int partitions, IEnumerable<KeyValuePair<string, string?>> settings, bool validateOnly)
    {
        var count = partitions == -1 ? _options.DefaultPartitions : partitions;
        var (config, configError) = TopicConfig.Create(settings);
        lock (_gate)
        {
            if (CheckNew(name, count) is { } problem)
            {
                return (problem.Error, problem.Message, null);
            }

            if (config is null)
            {
                return (ErrorCode.InvalidConfig, configError, null);
            }

            if (validateOnly)
            {
                return (ErrorCode.None, null, new Topic(name, Guid.Empty, config, new PartitionLog[count]));
            }

            var topic = new Topic(name, Guid.NewGuid(), config, []);
            if (Change(() => topic = Extend(topic, count)) is { } failure)
            {
                RemoveFolder(FolderOf(topic));
                return (ErrorCode.KafkaStorageError, failure, null);
            }

            BrokerLog.TopicCreated(_logger, name, count);
            return (ErrorCode.None, null, topic);
        }
    }

    public (ErrorCode Error, string? Message) AddPartitions(string name, int count, bool validateOnly)
    {
        lock (_gate)
        {
            if (Find(name) is not { } topic)
            {
                return (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
            }

            if (count <= topic.Partitions.Count)
            {
                return (ErrorCode.InvalidPartitions, $"The topic {name} currently has {topic.Partitions.Count} partition(s); {count} would not be an increase.");
            }

            if (PartitionCount + (long)count - topic.Partitions.Count > _options.MaxPartitions)
            {
                return (ErrorCode.PolicyViolation, $"The broker's limit of {_options.MaxPartitions} partitions would be passed.");
            }

            return !validateOnly && Change(() => Extend(topic, count)) is { } failure ? (ErrorCode.KafkaStorageError, failure) : (ErrorCode.None, null);
        }
    }

    public (ErrorCode Error, string? Message) Configure(string name, IEnumerable<KeyValuePair<string, string?>> settings, bool validateOnly)
    {
        var (config, error) = TopicConfig.Create(settings);
        lock (_gate)
        {
            if (Find(name) is not { } topic)
            {
                return (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
            }

            if (config is null)
            {
                return (ErrorCode.InvalidConfig, error);
            }

            if (validateOnly)
            {
                return (ErrorCode.None, null);
            }

            if (Change(() => Publish(topic with { Config = config })) is { } failure)
            {
                return (ErrorCode.KafkaStorageError, failure);
            }

            foreach (var log in topic.Partitions)
            {
                log.Config = config;
            }

            return (ErrorCode.None, null);
        }
    }

    /// <summary>
    /// Deletes a topic and frees its disk space, on a full disk too: the mark is a new name of its folder, which needs no room.
    /// Only when the list of topics without it is written does the marked folder go.
    /// </summary>
    public (ErrorCode Error, string? Message) Delete(Topic topic)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(topic.Name, out var current) || current.Id != topic.Id)
            {
                return (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
            }

            // No request may look for files in a folder that is about to have another name.
            foreach (var log in current.Partitions)
            {
                log.Retire();
            }

            if (Change(() => MarkDeleted(FolderOf(current))) is { } failure)
            {
                foreach (var log in current.Partitions)
                {
                    log.Resume();
                }

                return (ErrorCode.KafkaStorageError, failure);
            }

            _byName.TryRemove(topic.Name, out _);
            _byId.TryRemove(topic.Id, out _);
            foreach (var log in current.Partitions)
            {
                log.Dispose();
            }

            _ = Change(RemoveDeleted);
            BrokerLog.TopicDeleted(_logger, topic.Name);
            return (ErrorCode.None, null);
        }
    }

    /// <summary>Flushes and closes all logs, so that the next start needs no scan; false where that failed for any of them.</summary>
    public bool Close()
    {
        var clean = true;
        foreach (var log in _byName.Values.SelectMany(t => t.Partitions))
        {
            clean &= log.Close();
        }

        return clean;
    }

    public void Dispose()
    {
        foreach (var log in _byName.Values.SelectMany(t => t.Partitions))
        {
            log.Dispose();
        }
    }

    private (ErrorCode Error, string Message)? CheckNew(string name, int count) =>
        !Topic.IsValidName(name) ? (ErrorCode.InvalidTopic, $"Topic name \"{name}\" is not allowed: 1 to {Topic.NameLengthMax} ASCII letters, digits, '.', '_' and '-'.")
        : _byName.ContainsKey(name) ? (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.")
        : count < 1 ? (ErrorCode.InvalidPartitions, "Number of partitions must be larger than 0.")
        : _byName.Count >= _options.MaxTopics ? (ErrorCode.PolicyViolation, $"The broker's limit of {_options.MaxTopics} topics is reached.")
        : PartitionCount + (long)count > _options.MaxPartitions ? (ErrorCode.PolicyViolation, $"The broker's limit of {_options.MaxPartitions} partitions would be passed.")
        : null;

    private void Load(bool clean)
    {
        var found = TopicsFile.Load(_filePath, out var fromCopy);
        if (found is null && Directory.EnumerateDirectories(_directory).Any(HoldsRecords))
        {
            throw BrokerStartException.TopicsLost(_directory);
        }

        var file = found ?? TopicsFile.Empty;
        if (fromCopy)
        {
            BrokerLog.TopicsRestored(_logger, _filePath);
            file.Save(_filePath, durable: _options.Fsync != FsyncMode.None);
        }

        var kept = file.Topics.Where(t => !Directory.Exists(FolderOf(t.Name, t.Id) + DeletedSuffix)).ToArray();
        RemoveStrays(kept.Select(t => FolderOf(t.Name, t.Id)).ToHashSet());
        foreach (var entry in kept)
        {
            var (config, error) = TopicConfig.Create(entry.Config.Select(c => KeyValuePair.Create(c.Key, (string?)c.Value)));
            var topic = new Topic(entry.Name, entry.Id, config ?? throw new InvalidDataException($"{_filePath}: topic {entry.Name}: {error}"), []);
            topic = topic with { Partitions = [.. Enumerable.Range(0, entry.Partitions).Select(p => OpenLog(topic, p, clean))] };
            _byName[topic.Name] = topic;
            _byId[topic.Id] = topic;
        }

        _ = Change(RemoveDeleted);
    }

    /// <summary>Removes what a kill in the middle of a creation left; a folder with records is kept aside.</summary>
    private void RemoveStrays(HashSet<string> known)
    {
        foreach (var folder in Directory.GetDirectories(_directory).Where(d => !known.Contains(d)))
        {
            if (HoldsRecords(folder))
            {
                Directory.Move(folder, folder + StraySuffix);
                BrokerLog.TopicSetAside(_logger, folder + StraySuffix);
            }
            else if (!folder.EndsWith(StraySuffix, StringComparison.Ordinal) && !folder.EndsWith(DeletedSuffix, StringComparison.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static bool HoldsRecords(string folder) =>
        !folder.EndsWith(StraySuffix, StringComparison.Ordinal)
        && !folder.EndsWith(DeletedSuffix, StringComparison.Ordinal)
        && Directory.EnumerateFiles(folder, "*" + Segment.Extension, SearchOption.AllDirectories).Any(p => new FileInfo(p).Length > 0);

    /// <summary>Makes partitions and publishes the topic with them: all or, if the disk fails, none.</summary>
    private Topic Extend(Topic topic, int count)
    {
        var added = new List<PartitionLog>();
        try
        {
            while (topic.Partitions.Count + added.Count < count)
            {
                added.Add(OpenLog(topic, topic.Partitions.Count + added.Count, clean: false));
            }

            if (_options.Fsync != FsyncMode.None)
            {
                FolderFlush.Flush(FolderOf(topic));
                FolderFlush.Flush(_directory);
            }

            var extended = topic with { Partitions = [.. topic.Partitions, .. added] };
            Publish(extended);
            return extended;
        }
        catch
        {
            added.ForEach(log => log.Dispose());
            throw;
        }
    }

    private PartitionLog OpenLog(Topic topic, int partition, bool clean)
    {
        var folder = Path.Combine(FolderOf(topic), partition.ToString(CultureInfo.InvariantCulture));
        return PartitionLog.Open($"{topic.Name}-{partition}", folder, topic.Config, _logs, clean);
    }

    private string FolderOf(Topic topic) => FolderOf(topic.Name, topic.Id);

    private string FolderOf(string name, Guid id)
    {
        // A file name has at most 255 bytes on common file systems, so a long topic name is cut; the id tells them apart.
        const int nameMax = 200;
        return Path.Combine(_directory, $"{name[..Math.Min(name.Length, nameMax)]}-{id:N}");
    }

    private void Publish(Topic topic)
    {
        Save(_byName.Values.Where(t => t.Name != topic.Name).Append(topic));
        _byName[topic.Name] = topic;
        _byId[topic.Id] = topic;
    }

    private void Save(IEnumerable<Topic> all)
    {
        var entries = all.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new TopicsFile.Entry(t.Name, t.Id, t.Partitions.Count, t.Config.Overrides));
        new TopicsFile(TopicsFile.CurrentFormat, [.. entries]).Save(_filePath, durable: _options.Fsync != FsyncMode.None);
    }

    private void MarkDeleted(string folder)
    {
        Directory.Move(folder, folder + DeletedSuffix);
        if (_options.Fsync != FsyncMode.None)
        {
            FolderFlush.Flush(_directory);
        }
    }

    /// <summary>Removes the files of deleted topics, then their entries in the list, and only then the marks that they are deleted.</summary>
    private void RemoveDeleted()
    {
        var marked = Directory.GetDirectories(_directory, "*" + DeletedSuffix);
        foreach (var partition in marked.SelectMany(Directory.EnumerateDirectories))
        {
            Directory.Delete(partition, recursive: true);
        }

        if (marked.Length > 0)
        {
            Save(_byName.Values);
        }

        Array.ForEach(marked, m => Directory.Delete(m, recursive: true));
    }

    /// <summary>A folder that nobody knows: if it cannot be removed now, the next start does it.</summary>
    private void RemoveFolder(string folder) => _ = Change(() =>
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    /// <summary>Runs a change of the disk; what went wrong with it, if anything.</summary>
    private string? Change(Action change)
    {
        try
        {
            change();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BrokerLog.TopicChangeFailed(_logger, _filePath, e);
            return e.Message;
        }
    }
}
