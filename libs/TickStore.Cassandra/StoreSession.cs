using StockAspire.Cql;
using StockAspire.TickStore.Cassandra.Reading;
using StockAspire.TickStore.Cassandra.Schema;

namespace StockAspire.TickStore.Cassandra;

/// <summary>A connected store that is as it should be: its plan and its statements, all of which may be run again. Thread-safe.</summary>
internal sealed class StoreSession : IAsyncDisposable
{
    private StoreSession(CqlSession cql, CassandraAddress address, TickStorePlan plan, CqlConsistency consistency)
    {
        Cql = cql;
        Address = address;
        Plan = plan;
        Consistency = consistency;
    }

    public CqlSession Cql { get; }

    public CassandraAddress Address { get; }

    public TickStorePlan Plan { get; }

    public CqlConsistency Consistency { get; }

    public NewestBuckets Newest { get; } = new();

    /// <summary>symbol, bucket, event_time, source, sequence, revision, payload, write time in us.</summary>
    public required PreparedStatement InsertTick { get; init; }

    /// <summary>symbol, bucket, first and last event time. Newest first.</summary>
    public required PreparedStatement SelectTicksDown { get; init; }

    /// <summary>The same, oldest first.</summary>
    public required PreparedStatement SelectTicksUp { get; init; }

    /// <summary>symbol, bucket.</summary>
    public required PreparedStatement InsertBucket { get; init; }

    /// <summary>symbol, first and last bucket. Newest first.</summary>
    public required PreparedStatement SelectBucketsDown { get; init; }

    /// <summary>The same, oldest first.</summary>
    public required PreparedStatement SelectBucketsUp { get; init; }

    /// <summary>part, utf16, symbol.</summary>
    public required PreparedStatement InsertSymbol { get; init; }

    /// <summary>part, utf16 of the symbol before.</summary>
    public required PreparedStatement SelectSymbols { get; init; }

    /// <summary>part, epoch, topic id.</summary>
    public required PreparedStatement InsertTopic { get; init; }

    /// <summary>part.</summary>
    public required PreparedStatement SelectTopics { get; init; }

    public static async Task<StoreSession> PrepareAsync(
        CqlSession cql, CassandraAddress address, TickStorePlan plan, CqlConsistency consistency, CancellationToken cancellationToken)
    {
        var schema = new CassandraSchema(address.Keyspace);
        var ticks = $"SELECT event_time, source, sequence, revision, payload FROM {schema.Ticks} WHERE symbol = ? AND bucket = ? AND event_time >= ? AND event_time <= ?";
        var buckets = $"SELECT bucket FROM {schema.Buckets} WHERE symbol = ? AND bucket >= ? AND bucket <= ?";
        return new StoreSession(cql, address, plan, consistency)
        {
            InsertTick = await PrepareAsync($"INSERT INTO {schema.Ticks} (symbol, bucket, event_time, source, sequence, revision, payload) VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?"),
            SelectTicksDown = await PrepareAsync(ticks),
            SelectTicksUp = await PrepareAsync(ticks + " ORDER BY event_time ASC"),
            InsertBucket = await PrepareAsync($"INSERT INTO {schema.Buckets} (symbol, bucket) VALUES (?, ?)"),
            SelectBucketsDown = await PrepareAsync(buckets),
            SelectBucketsUp = await PrepareAsync(buckets + " ORDER BY bucket ASC"),
            InsertSymbol = await PrepareAsync($"INSERT INTO {schema.Symbols} (part, utf16, symbol) VALUES (?, ?, ?)"),
            SelectSymbols = await PrepareAsync($"SELECT symbol FROM {schema.Symbols} WHERE part = ? AND utf16 > ?"),
            InsertTopic = await PrepareAsync($"INSERT INTO {schema.Topics} (part, epoch, topic_id) VALUES (?, ?, ?) IF NOT EXISTS"),
            SelectTopics = await PrepareAsync($"SELECT epoch, topic_id FROM {schema.Topics} WHERE part = ?"),
        };

        async Task<PreparedStatement> PrepareAsync(string text)
        {
            var prepared = await cql.PrepareAsync(text, cancellationToken);
            prepared.IsIdempotent = true;
            prepared.Consistency = consistency;
            return prepared;
        }
    }

    public ValueTask DisposeAsync() => Cql.DisposeAsync();
}
