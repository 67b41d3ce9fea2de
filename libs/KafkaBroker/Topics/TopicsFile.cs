using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Topics;

/// <summary>
/// Content of <c>topics.json</c>, the directory of all topics; rewritten whole on each change. The last line is a CRC-32C of what
/// precedes it, and a copy lies beside the file: a damaged directory would take all topics with it.
/// </summary>
internal sealed record TopicsFile(int Format, IReadOnlyList<TopicsFile.Entry> Topics)
{
    public const int CurrentFormat = 1;

    private const string CopySuffix = ".copy";
    private const string ChecksumMark = "\n// crc32c ";

    private static readonly int ChecksumSize = ChecksumMark.Length + sizeof(uint) * 2 + 1;

    public static TopicsFile Empty { get; } = new(CurrentFormat, []);

    /// <summary>Reads the file, or its copy where the file is lost or damaged; null where neither exists.</summary>
    /// <exception cref="BrokerStartException">What exists is damaged.</exception>
    public static TopicsFile? Load(string path, out bool fromCopy)
    {
        string[] candidates = [path, path + CopySuffix];
        fromCopy = false;
        foreach (var candidate in candidates.Where(File.Exists))
        {
            fromCopy = candidate != path;
            if (TryParse(File.ReadAllBytes(candidate)) is { } file)
            {
                return file.Format == CurrentFormat ? file : throw BrokerStartException.TopicsFormat(candidate, file.Format, CurrentFormat);
            }
        }

        return candidates.Any(File.Exists) ? throw BrokerStartException.TopicsDamaged(path) : null;
    }

    public void Save(string path, bool durable)
    {
        var content = ToBytes();

        // The copy first: where the disk refuses it, nothing has changed, as the caller will say.
        AtomicFile.Write(path + CopySuffix, content, durable);
        AtomicFile.Write(path, content, durable);
    }

    private static TopicsFile? TryParse(byte[] content)
    {
        var json = content.AsSpan(0, Math.Max(0, content.Length - ChecksumSize));
        return content.AsSpan(json.Length).SequenceEqual(Checksum(json)) ? JsonSerializer.Deserialize(json, TopicsFileJson.Default.TopicsFile) : null;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(ChecksumMark + Crc32C.Compute(json).ToString("x8", CultureInfo.InvariantCulture) + "\n");

    private byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, TopicsFileJson.Default.TopicsFile);
        return [.. json, .. Checksum(json)];
    }

    public sealed record Entry(string Name, Guid Id, int Partitions, IReadOnlyDictionary<string, string> Config);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(TopicsFile))]
internal sealed partial class TopicsFileJson : JsonSerializerContext;
