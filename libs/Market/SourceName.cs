using System.Globalization;

namespace StockAspire.Market;

/// <summary>How sources are named. The prefixes below are ours; a gRPC client's durable name may not begin with one.</summary>
public static class SourceName
{
    public const string CsvPrefix = "csv:";
    public const string RunPrefix = "run:";
    public const string SessionPrefix = "session:";
    public const string KafkaPrefix = "kafka:";

    /// <summary>A file loaded as it is: the same bytes and mapping give the same source, so loading it again adds nothing.</summary>
    /// <param name="contentHash">XXH128 of the file's bytes.</param>
    /// <param name="mappingHash">XXH128 of the mapping's canonical text.</param>
    public static string Csv(UInt128 contentHash, UInt128 mappingHash) =>
        string.Create(CultureInfo.InvariantCulture, $"{CsvPrefix}{contentHash ^ UInt128.RotateLeft(mappingHash, 1):x32}");

    /// <summary>A sampled, looped or time-shifted run. Its record is acknowledged in topic <c>sources</c> before its first tick.</summary>
    public static string Run(string ulid) => RunPrefix + ulid;

    /// <summary>One gRPC stream without a durable name.</summary>
    public static string Session(string ulid) => SessionPrefix + ulid;

    /// <summary>One partition of a foreign topic; sequences are its offsets.</summary>
    public static string Kafka(Guid topicId, int partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{KafkaPrefix}{topicId:N}/{partition}");

    /// <summary>Whether a name has one of the prefixes that only this project gives out, other than csv, which a CLI streams itself.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(RunPrefix, StringComparison.Ordinal) ||
        name.StartsWith(SessionPrefix, StringComparison.Ordinal) ||
        name.StartsWith(KafkaPrefix, StringComparison.Ordinal);
}
