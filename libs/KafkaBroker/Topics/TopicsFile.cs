using System.Text.Json;
using System.Text.Json.Serialization;

namespace StockAspire.KafkaBroker.Topics;

/// <summary>Content of <c>topics.json</c>, the directory of all topics; rewritten whole on each change.</summary>
internal sealed record TopicsFile(int Format, IReadOnlyList<TopicsFile.Entry> Topics)
{
    public const int CurrentFormat = 1;

    public static TopicsFile Parse(byte[] json, string path)
    {
        var file = JsonSerializer.Deserialize(json, TopicsFileJson.Default.TopicsFile)
            ?? throw new InvalidDataException($"{path} is empty.");
        return file.Format == CurrentFormat
            ? file
            : throw new InvalidDataException($"{path} has format {file.Format}; this version reads format {CurrentFormat}.");
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TopicsFileJson.Default.TopicsFile);

    public sealed record Entry(string Name, Guid Id, int Partitions, IReadOnlyDictionary<string, string> Config);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(TopicsFile))]
internal sealed partial class TopicsFileJson : JsonSerializerContext;
