using System.Globalization;

namespace StockAspire.KafkaBroker.Topics;

/// <summary>
/// Settings of one topic: those that were set, and for the rest Kafka's defaults. Immutable. Every key that Kafka 4 knows for a
/// topic and that means something on a single broker is taken; the ones that this broker heeds have a property here.
/// </summary>
internal sealed class TopicConfig
{
    private static readonly Dictionary<string, TopicSetting> Known = TopicSetting.All.ToDictionary(s => s.Name);

    private readonly Dictionary<string, string> _overrides;

    private TopicConfig(Dictionary<string, string> overrides)
    {
        _overrides = overrides;
        var policy = Get("cleanup.policy").Split(',', StringSplitOptions.TrimEntries);
        Compacts = policy.Contains("compact");
        Deletes = policy.Contains("delete");
        StampsAppendTime = Get("message.timestamp.type") == "LogAppendTime";
        MessageSizeMax = (int)GetInt64("max.message.bytes");
        SegmentBytes = GetInt64("segment.bytes");
        SegmentMs = GetInt64("segment.ms");
        RetentionMs = GetInt64("retention.ms");
        RetentionBytes = GetInt64("retention.bytes");
        DeleteRetentionMs = GetInt64("delete.retention.ms");
        MinCompactionLagMs = GetInt64("min.compaction.lag.ms");
        InSyncReplicasMin = (int)GetInt64("min.insync.replicas");
        MinCleanableDirtyRatio = double.Parse(Get("min.cleanable.dirty.ratio"), CultureInfo.InvariantCulture);
    }

    public static TopicConfig Default { get; } = new([]);

    public bool Compacts { get; }

    public bool Deletes { get; }

    /// <summary>message.timestamp.type=LogAppendTime: batches carry the broker's time instead of the producer's.</summary>
    public bool StampsAppendTime { get; }

    /// <summary>Largest batch, in bytes as stored.</summary>
    public int MessageSizeMax { get; }

    public long SegmentBytes { get; }

    public long SegmentMs { get; }

    /// <summary>-1 keeps for ever.</summary>
    public long RetentionMs { get; }

    /// <summary>Per partition; -1 is without limit.</summary>
    public long RetentionBytes { get; }

    public long DeleteRetentionMs { get; }

    public long MinCompactionLagMs { get; }

    /// <summary>More than 1 makes acks=all fail, as on any cluster of one.</summary>
    public int InSyncReplicasMin { get; }

    public double MinCleanableDirtyRatio { get; }

    public IReadOnlyDictionary<string, string> Overrides => _overrides;

    /// <summary>Takes the settings, or says what is wrong with the first bad one; a null value stands for the default.</summary>
    public static (TopicConfig? Config, string? Error) Create(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var overrides = new Dictionary<string, string>();
        foreach (var (name, value) in settings)
        {
            if (!Known.TryGetValue(name, out var setting))
            {
                return (null, $"Unknown topic config name: {name}");
            }

            if (value is null)
            {
                continue;
            }

            if (!setting.Accepts(value))
            {
                return (null, $"Invalid value {value} for configuration {name}: {setting.Expected}");
            }

            overrides[name] = value;
        }

        return (new TopicConfig(overrides), null);
    }

    public string Get(string name) => _overrides.GetValueOrDefault(name) ?? Known[name].Default;

    private long GetInt64(string name) => long.Parse(Get(name), CultureInfo.InvariantCulture);
}
