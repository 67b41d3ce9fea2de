using System.Globalization;

namespace StockAspire.KafkaBroker.Topics;

/// <summary>Types of settings under the numbers of DescribeConfigs' config_type.</summary>
internal enum SettingType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

/// <summary>Name, type, default and allowed values of one topic setting, as Kafka's "Topic Configs" page has them.</summary>
internal sealed record TopicSetting(string Name, SettingType Type, string Default, string Expected, Func<string, bool> Accepts)
{
    public static IReadOnlyList<TopicSetting> All { get; } =
    [
        List("cleanup.policy", "delete", "delete", "compact"),
        Choice("compression.type", "producer", "producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
        Number("delete.retention.ms", SettingType.Long, 86_400_000, 0, long.MaxValue),
        Number("file.delete.delay.ms", SettingType.Long, 60_000, 0, long.MaxValue),
        Number("flush.messages", SettingType.Long, long.MaxValue, 1, long.MaxValue),
        Number("flush.ms", SettingType.Long, long.MaxValue, 0, long.MaxValue),
        Number("index.interval.bytes", SettingType.Int, 4096, 0, int.MaxValue),
        Number("max.compaction.lag.ms", SettingType.Long, long.MaxValue, 1, long.MaxValue),
        Number("max.message.bytes", SettingType.Int, 1_048_588, 0, int.MaxValue),
        Number("message.timestamp.after.max.ms", SettingType.Long, 3_600_000, 0, long.MaxValue),
        Number("message.timestamp.before.max.ms", SettingType.Long, long.MaxValue, 0, long.MaxValue),
        Choice("message.timestamp.type", "CreateTime", "CreateTime", "LogAppendTime"),
        Fraction("min.cleanable.dirty.ratio", "0.5"),
        Number("min.compaction.lag.ms", SettingType.Long, 0, 0, long.MaxValue),
        Number("min.insync.replicas", SettingType.Int, 1, 1, int.MaxValue),
        Choice("preallocate", "false", "false", "true"),
        Number("retention.bytes", SettingType.Long, -1, -1, long.MaxValue),
        Number("retention.ms", SettingType.Long, 604_800_000, -1, long.MaxValue),
        Number("segment.bytes", SettingType.Int, 1_073_741_824, 1 << 14, int.MaxValue),
        Number("segment.index.bytes", SettingType.Int, 10_485_760, 4, int.MaxValue),
        Number("segment.jitter.ms", SettingType.Long, 0, 0, long.MaxValue),
        Number("segment.ms", SettingType.Long, 604_800_000, 1, long.MaxValue),
        Choice("unclean.leader.election.enable", "false", "false", "true"),
    ];

    private static TopicSetting Number(string name, SettingType type, long @default, long min, long max) =>
        new(name, type, @default.ToString(CultureInfo.InvariantCulture), $"a whole number from {min} to {max}",
            v => long.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= min && n <= max);

    private static TopicSetting Fraction(string name, string @default) =>
        new(name, SettingType.Double, @default, "a number from 0 to 1",
            v => double.TryParse(v, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n is >= 0 and <= 1);

    private static TopicSetting Choice(string name, string @default, params string[] values) =>
        new(name, values.Contains("true") ? SettingType.Boolean : SettingType.String, @default, "one of " + string.Join(", ", values), values.Contains);

    private static TopicSetting List(string name, string @default, params string[] values) =>
        new(name, SettingType.List, @default, "any of " + string.Join(", ", values),
            v => v.Split(',', StringSplitOptions.TrimEntries) is { Length: > 0 } parts && parts.All(values.Contains));
}
