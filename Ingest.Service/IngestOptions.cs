using System.ComponentModel.DataAnnotations;
using StockAspire.Ingest.Loads;

namespace StockAspire.Ingest;

/// <summary>Section <c>Ingest</c>.</summary>
internal sealed class IngestOptions
{
    public const string SectionName = "Ingest";

    /// <summary>Rows of a stream that may be on their way to their seal; a longer wait for Kafka stops the reading.</summary>
    [Range(1_000, 1_000_000, ErrorMessage = "Ingest:MaxInFlightTicksPerStream must be between 1000 and 1000000.")]
    public int MaxInFlightTicksPerStream { get; set; } = 65_536;

    /// <summary>Time between two acknowledgements of a stream while more is on its way.</summary>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:05", ErrorMessage = "Ingest:AckInterval must be between 5 ms and 5 s.")]
    public TimeSpan AckInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Rows that are acknowledged without waiting for <see cref="AckInterval"/>, and that fill a seal.</summary>
    [Range(1, 65_536, ErrorMessage = "Ingest:AckTicks must be between 1 and 65536.")]
    public int AckTicks { get; set; } = 4_096;

    /// <summary>gRPC streams at a time.</summary>
    [Range(1, 100_000, ErrorMessage = "Ingest:MaxStreams must be between 1 and 100000.")]
    public int MaxStreams { get; set; } = 1_000;

    /// <summary>Bytes of a gRPC message.</summary>
    [Range(1 << 10, 4 << 20, ErrorMessage = "Ingest:MaxMessageBytes must be between 1 KiB and 4 MiB.")]
    public int MaxMessageBytes { get; set; } = 1 << 20;

    /// <summary>Folder below which loads may read; relative to the service's content root.</summary>
    [Required(ErrorMessage = "Ingest:CsvRoot is empty: give the folder below which files may be loaded.")]
    public string CsvRoot { get; set; } = "samples";

    /// <summary>How far in the future an event time may lie: clocks differ.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Ingest:MaxFutureSkew must be between 0 and 24 h.")]
    public TimeSpan MaxFutureSkew { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Name of this process among its replicas: it goes on with its own unfinished loads after a restart.</summary>
    [Required(ErrorMessage = "Ingest:Instance is empty: give each replica a name of its own, such as ingest-1.")]
    public string Instance { get; set; } = "ingest-1";

    /// <summary>Files that are read from the start on, by name.</summary>
    public Dictionary<string, FeedOptions> Feeds { get; set; } = [];
}
