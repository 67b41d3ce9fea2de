namespace StockAspire.Ingest.Loads;

/// <summary>Section <c>Ingest:Feeds:N</c>: a file that is read from the start on.</summary>
internal sealed class FeedOptions
{
    /// <summary>Relative to <c>Ingest:CsvRoot</c>.</summary>
    public string Path { get; set; } = string.Empty;

    /// <summary>load, replay or sample.</summary>
    public string Mode { get; set; } = "load";

    /// <summary>Time between rows of a sample.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Rows per second at most, of a load; 0 is flat out.</summary>
    public long Rate { get; set; }

    /// <summary>Factor of a replay, as a decimal text.</summary>
    public string Speed { get; set; } = "1";

    /// <summary>Begin again at the end.</summary>
    public bool Loop { get; set; }

    /// <summary>Of a sample; 0 draws one.</summary>
    public ulong Seed { get; set; }

    /// <summary>Tick field to column; empty to recognise the format.</summary>
    public Dictionary<string, string> Mapping { get; set; } = [];

    /// <summary>IANA zone of the file's local times; empty for the format's own.</summary>
    public string Timezone { get; set; } = string.Empty;
}
