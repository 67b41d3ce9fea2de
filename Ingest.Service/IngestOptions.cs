using StockAspire.Ingest.Loads;

namespace StockAspire.Ingest;

/// <summary>Section <c>Ingest</c>; limits are in <see cref="IngestOptionsValidator"/>.</summary>
internal sealed class IngestOptions
{
    public const string SectionName = "Ingest";

    /// <summary>Rows of a stream that may be on their way to their seal; a longer wait for Kafka stops the reading.</summary>
    public int MaxInFlightTicksPerStream { get; set; } = 65_536;

    /// <summary>Time between two acknowledgements of a stream while more is on its way.</summary>
    public TimeSpan AckInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Rows that are acknowledged without waiting for <see cref="AckInterval"/>, and that fill a seal.</summary>
    public int AckTicks { get; set; } = 4_096;

    /// <summary>gRPC streams at a time.</summary>
    public int MaxStreams { get; set; } = 1_000;

    /// <summary>Bytes of a gRPC message.</summary>
    public int MaxMessageBytes { get; set; } = 1 << 20;

    /// <summary>Folder below which loads may read; relative to the service's content root.</summary>
    public string CsvRoot { get; set; } = "samples";

    /// <summary>How far in the future an event time may lie: clocks differ.</summary>
    public TimeSpan MaxFutureSkew { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Name of this process among its replicas: it goes on with its own unfinished loads after a restart.</summary>
    public string Instance { get; set; } = "ingest-1";

    /// <summary>Files that are read from the start on, by name; one whose path is empty is off, since no setting takes another away.</summary>
    public Dictionary<string, FeedOptions> Feeds { get; set; } = [];
}
