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
    /// <summary>A file in the folder of a topic that is about to be deleted: a start after a crash may remove what it finds there.</summary>
    private const string DeletionMark = "deleted";

    /// <summary>Suffix of folders that belong to no topic, but hold records: they are for people to look at.</summary>
    private const string StraySuffix = ".stray";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Topic> _byId = new();
    private readonly KafkaBrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _filePath;
    private readonly string _directory;

    public TopicCatalog(KafkaBrokerOptions options, bool clean, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
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

            var topic = Open(name, Guid.NewGuid(), count, config, clean: false);
            Publish(topic);
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

            if (PartitionCount + count - topic.Partitions.Count > _options.MaxPartitions)
            {
                return (ErrorCode.PolicyViolation, $"The broker's limit of {_options.MaxPartitions} partitions would be passed.");
            }

            if (!validateOnly)
            {
                var added = Enumerable.Range(topic.Partitions.Count, count - topic.Partitions.Count).Select(p => OpenLog(topic, p, clean: false));
                Publish(topic with { Partitions = [.. topic.Partitions, .. added] });
            }

            return (ErrorCode.None, null);
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

            if (!validateOnly)
            {
                Publish(topic with { Config = config });
                foreach (var log in topic.Partitions)
                {
                    log.Config = config;
                }
            }

            return (ErrorCode.None, null);
        }
    }

    public void Delete(Topic topic)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(topic.Name, out var current) || current.Id != topic.Id)
            {
                return;
            }

            var folder = FolderOf(current.Name, current.Id);
            File.WriteAllBytes(Path.Combine(folder, DeletionMark), []);
            Save(_byName.Values.Where(t => t.Id != topic.Id));
            _byName.TryRemove(topic.Name, out _);
            _byId.TryRemove(topic.Id, out _);
            foreach (var log in current.Partitions)
            {
                log.Delete();
            }

            DeleteFolder(folder);
            BrokerLog.TopicDeleted(_logger, topic.Name);
        }
    }

    /// <summary>Flushes and closes all logs, so that the next start needs no scan.</summary>
    public void Close()
    {
        foreach (var log in _byName.Values.SelectMany(t => t.Partitions))
        {
            log.Close();
        }
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

        RemoveStrays(file.Topics.Select(t => FolderOf(t.Name, t.Id)).ToHashSet());
        foreach (var entry in file.Topics)
        {
            var (config, error) = TopicConfig.Create(entry.Config.Select(c => KeyValuePair.Create(c.Key, (string?)c.Value)));
            var topic = Open(entry.Name, entry.Id, entry.Partitions, config ?? throw new InvalidDataException($"{_filePath}: topic {entry.Name}: {error}"), clean);
            _byName[topic.Name] = topic;
            _byId[topic.Id] = topic;
        }
    }

    /// <summary>Removes what a kill in the middle of a creation or a deletion left; a folder with records goes only if it was to.</summary>
    private void RemoveStrays(HashSet<string> known)
    {
        foreach (var folder in Directory.GetDirectories(_directory).Where(d => !d.EndsWith(StraySuffix, StringComparison.Ordinal)))
        {
            if (known.Contains(folder))
            {
                // A deletion that was not acknowledged did not get as far as the topics file: it has not happened.
                File.Delete(Path.Combine(folder, DeletionMark));
            }
            else if (HoldsRecords(folder))
            {
                Directory.Move(folder, folder + StraySuffix);
                BrokerLog.TopicSetAside(_logger, folder + StraySuffix);
            }
            else
            {
                DeleteFolder(folder);
            }
        }
    }

    /// <summary>Removes a topic's folder, the mark of its deletion last.</summary>
    private static void DeleteFolder(string folder)
    {
        foreach (var partition in Directory.GetDirectories(folder))
        {
            Directory.Delete(partition, recursive: true);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static bool HoldsRecords(string folder) =>
        !folder.EndsWith(StraySuffix, StringComparison.Ordinal)
        && !File.Exists(Path.Combine(folder, DeletionMark))
        && Directory.EnumerateFiles(folder, "*" + Segment.Extension, SearchOption.AllDirectories).Any(p => new FileInfo(p).Length > 0);

    private Topic Open(string name, Guid id, int partitions, TopicConfig config, bool clean)
    {
        var topic = new Topic(name, id, config, []);
        return topic with { Partitions = [.. Enumerable.Range(0, partitions).Select(p => OpenLog(topic, p, clean))] };
    }

    private PartitionLog OpenLog(Topic topic, int partition, bool clean)
    {
        var folder = Path.Combine(FolderOf(topic.Name, topic.Id), partition.ToString(CultureInfo.InvariantCulture));
        return PartitionLog.Open($"{topic.Name}-{partition}", folder, topic.Config, _options.Fsync, clean, _time, _logger);
    }

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
}
