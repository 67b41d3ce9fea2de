using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Topics;

/// <summary>A topic and the logs of its partitions; a change makes a new object, so that readers need no lock.</summary>
internal sealed record Topic(string Name, Guid Id, TopicConfig Config, IReadOnlyList<PartitionLog> Partitions)
{
    /// <summary>Kafka's limit on the name's length, in characters.</summary>
    public const int NameLengthMax = 249;

    public PartitionLog? FindPartition(int index) => (uint)index < (uint)Partitions.Count ? Partitions[index] : null;

    /// <summary>Whether Kafka allows this name: 1 to 249 of a-z, A-Z, 0-9, dot, underscore and hyphen, but not "." or "..".</summary>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= NameLengthMax
        && name is not "." and not ".."
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
