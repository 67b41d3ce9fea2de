namespace StockAspire.TickStream;

/// <summary>The topics of the pipeline.</summary>
public static class Topics
{
    /// <summary>Key: symbol (UTF-8). Value: a <c>TickBlock</c> of that one symbol.</summary>
    public const string Ticks = "ticks";

    /// <summary>JSON of foreign producers, to be normalised into <see cref="Ticks"/>.</summary>
    public const string Raw = "ticks.raw";

    /// <summary>What can never be stored: value the raw bytes, headers say what and why, see <see cref="DeadLetterHeaders"/>.</summary>
    public const string DeadLetters = "ticks.dlq";

    /// <summary>Compacted, one partition so that its order is total. Key: <c>Seal.Key</c>. Value: <c>Seal</c>.</summary>
    public const string Seals = "ticks.seals";

    /// <summary>Compacted, one partition. Key: source. Value: <c>SourceRecord</c>.</summary>
    public const string Sources = "sources";
}

/// <summary>Header names of a dead letter. Values are UTF-8 text; numbers in decimal.</summary>
public static class DeadLetterHeaders
{
    public const string Source = "source";
    public const string Sequence = "sequence";
    public const string Field = "field";
    public const string Expected = "expected";
    public const string Actual = "actual";
    public const string Line = "line";
    public const string Path = "path";

    /// <summary>Component that gave it up: ingest, normaliser or sink.</summary>
    public const string Stage = "stage";

    /// <summary>Topic, partition and offset of the record it was, as TOPIC/PARTITION/OFFSET.</summary>
    public const string Position = "position";
}
