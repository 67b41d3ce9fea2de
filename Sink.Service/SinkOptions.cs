namespace StockAspire.Sink;

/// <summary>Section <c>Sink</c>; limits are in <see cref="SinkOptionsValidator"/>.</summary>
internal sealed class SinkOptions
{
    public const string SectionName = "Sink";
    /// <summary>
    /// Name of this replica within the consumer group (static membership): a restart under the same name within the
    /// session timeout of 10 s keeps its partitions. Each replica needs one of its own.
    /// </summary>
    public string Instance { get; set; } = "sink-1";

    /// <summary>
    /// Rows at which a batch is full; 0 takes what the store prefers. A batch holds whole Kafka records, so that it may
    /// have 4,095 rows more. A store that sends requests of its own size cuts it up.
    /// </summary>
    public int BatchRows { get; set; }

    /// <summary>Bytes of Kafka record values at which a batch is full: bounds the memory that large attributes take.</summary>
    public int BatchBytes { get; set; } = 1 << 20;

    /// <summary>Batches being written at a time, shared evenly by the assigned partitions, at least one each.</summary>
    public int MaxInFlightBatches { get; set; } = 32;

    /// <summary>
    /// Longest time that a tick waits for its batch to fill while another batch of its partition is being written.
    /// Nothing waits when none is.
    /// </summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Longest time that a revoked partition and a stop take to write what was read; what is left over is read again by
    /// the next owner. Below the 8 s that the host grants a stop.
    /// </summary>
    public TimeSpan RevokeDrain { get; set; } = TimeSpan.FromSeconds(5);
}
