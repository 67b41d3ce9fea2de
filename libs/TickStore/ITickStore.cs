using StockAspire.Market;

namespace StockAspire.TickStore;

/// <summary>
/// Where ticks are kept. Rows are immutable and keyed by (symbol, event time, source, sequence, revision); of several
/// deliveries of one key the one with the lowest <see cref="StoredTick.Position"/> is kept, in whatever order they come.
/// Every write may be repeated. All members are thread-safe; several processes may read while one writes.
/// </summary>
public interface ITickStore : IAsyncDisposable
{
    /// <summary>
    /// Rows per <see cref="WriteAsync"/> at which this store works best: many where a commit costs a flush of a file, few
    /// where a batch is one network request. A call may have fewer, and up to a block's 4,096 more.
    /// </summary>
    int PreferredBatchRows => 10_000;

    /// <summary>
    /// Makes the schema where it is missing and checks the recorded plan against the configured one.
    /// </summary>
    /// <exception cref="TickStoreSchemaException">A newer schema, or another plan than the configured one.</exception>
    /// <exception cref="TickStoreUnavailableException">The store cannot be reached now.</exception>
    Task InitializeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The epoch of a topic's incarnation: 0 for the first topic id seen, 1 for the next, for ever the same for the same id.
    /// Epoch x 2^48 + offset is a position. A store opened to read only knows the topics that a writer has registered.
    /// </summary>
    /// <exception cref="TickStoreUnavailableException">The store cannot be reached, or (read only) the topic is not registered, yet.</exception>
    Task<int> RegisterTopicAsync(Guid topicId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the rows; when it returns they survive what the adapter promises to survive. Calls may overlap; rows of
    /// several calls may be committed together. The memory is not used after the call returned. Of rows with one key and
    /// one position (one Kafka record that says it twice) the first of the call is kept.
    /// </summary>
    /// <param name="rows">At most 1,048,576 of any symbols, in any order.</param>
    /// <param name="cancellationToken">Withdraws rows that wait; once their transaction has begun it goes on to its end.</param>
    /// <exception cref="TickStoreUnavailableException">Not stored, wholly or in part: try again later.</exception>
    /// <exception cref="TickStoreRejectedException">These rows can never be stored.</exception>
    Task WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken);

    /// <summary>
    /// The rows of one symbol in canonical order or its reverse, page by page, exactly <see cref="TickScan.Limit"/> at most.
    /// Of each identity the highest revision known at <see cref="TickScan.KnownAtNs"/> counts; a cancelled one is left out;
    /// with <see cref="TickScan.AllRevisions"/> every row is given. A page is the caller's to keep. A correction replaces
    /// what has its event time, source and sequence: one with another event time is a key of its own, and both are given.
    /// </summary>
    /// <exception cref="TickStoreUnavailableException">The store cannot be reached now.</exception>
    IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ScanAsync(TickScan scan, CancellationToken cancellationToken);

    /// <summary>The newest uncancelled tick of a symbol at or before a time; null where there is none at or after the oldest.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="atNs">Event time in ns, inclusive; <see cref="long.MaxValue"/> for the latest of all.</param>
    /// <param name="oldestNs">Event time in ns, inclusive, below which no tick is an answer.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    Task<StoredTick?> FindLatestAsync(string symbol, long atNs, long oldestNs, CancellationToken cancellationToken);

    /// <summary>Symbols with rows, in ordinal order, above <paramref name="after"/>; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<SymbolBuckets>> ListSymbolsAsync(string after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What an operator should know of the store as it is set up now, in sentences that say what to do: that what it
    /// acknowledges may be lost, or expires. Empty where it keeps what the adapter promises.
    /// </summary>
    /// <exception cref="TickStoreUnavailableException">The store cannot be reached now.</exception>
    Task<IReadOnlyList<string>> DiagnoseAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);
}

/// <summary>A tick as it is stored.</summary>
/// <param name="Tick">The tick.</param>
/// <param name="Position">Topic epoch x 2^48 + Kafka offset of the delivery that is kept.</param>
public readonly record struct StoredTick(Tick Tick, long Position)
{
    /// <summary>Bits of an offset within a position.</summary>
    public const int OffsetBits = 48;

    /// <summary>Kafka offset of the delivery that is kept.</summary>
    public long Offset => Position & ((1L << OffsetBits) - 1);

    public static long PositionOf(int topicEpoch, long offset) => ((long)topicEpoch << OffsetBits) + offset;
}

/// <summary>A symbol and the range of event time that its listed buckets cover: [FirstNs, EndNs), ns since the Unix epoch.</summary>
public readonly record struct SymbolBuckets(string Symbol, long FirstNs, long EndNs);

/// <summary>What to read of one symbol.</summary>
public sealed record TickScan
{
    public required string Symbol { get; init; }

    /// <summary>Event time range [StartNs, EndNs), ns since the Unix epoch.</summary>
    public required long StartNs { get; init; }

    public required long EndNs { get; init; }

    public bool Descending { get; init; }

    /// <summary>Go on after this key (in the scan's direction; its own row is not given again).</summary>
    public TickKey? After { get; init; }

    /// <summary>Rows at most; 0 is no limit.</summary>
    public long Limit { get; init; }

    /// <summary>Only rows whose ingest time is at or before it; ns since the Unix epoch.</summary>
    public long KnownAtNs { get; init; } = long.MaxValue;

    /// <summary>Every row, cancelled ones and lower revisions too.</summary>
    public bool AllRevisions { get; init; }
}
