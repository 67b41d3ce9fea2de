using System.Globalization;
using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra.Schema;

/// <summary>
/// The tables, by their full names. A tick is one row with one cell: its key, and a frozen payload which is written as of its event
/// time and begins with the greater number the earlier its delivery. On equal write times Cassandra keeps the greater value, so
/// the first delivery is kept in whatever order they come, and no row is ever put together from two.
/// </summary>
/// <remarks>
/// Fields that a tick rarely has stand last in the payload, where a value leaves them out. Sequences are varint because they go
/// to 2^64 and must sort as numbers.
/// </remarks>
internal sealed class CassandraSchema(string keyspace)
{
    public const int Version = 1;

    /// <summary>The one partition of the small tables.</summary>
    public const int Part = 0;

    /// <summary>Windows over the retention: few enough to read over, many enough that little expired waits for the rest of its window.</summary>
    private const int WindowsInRetention = 25;

    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(30);

    private readonly string _keyspace = CqlIdentifier.Quote(keyspace);

    public string Ticks => _keyspace + ".ticks";

    /// <summary>Which partitions of <see cref="Ticks"/> there are, listed before their first row.</summary>
    public string Buckets => _keyspace + ".tick_buckets";

    /// <summary>All symbols by their UTF-16, whose bytes sort in ordinal order; CQL sorts texts by UTF-8, which differs.</summary>
    public string Symbols => _keyspace + ".tick_symbols";

    /// <summary>Topic ids by the order in which they were first seen.</summary>
    public string Topics => _keyspace + ".topic_epochs";

    /// <summary>Made last: where it is, the others are.</summary>
    public string Plan => _keyspace + ".store_plan";

    public static IReadOnlyList<string> TableNames => ["ticks", "tick_buckets", "tick_symbols", "topic_epochs", "store_plan"];

    /// <summary>Without a datacenter the copies go round the ring, wherever its nodes are.</summary>
    public string MakeKeyspace(string? datacenter, int replication)
    {
        var strategy = datacenter is null
            ? string.Create(CultureInfo.InvariantCulture, $"'class': 'SimpleStrategy', 'replication_factor': {replication}")
            : string.Create(CultureInfo.InvariantCulture, $"'class': 'NetworkTopologyStrategy', '{datacenter.Replace("'", "''", StringComparison.Ordinal)}': {replication}");
        return $"CREATE KEYSPACE IF NOT EXISTS {_keyspace} WITH replication = {{{strategy}}}";
    }

    public IEnumerable<string> MakeTables(TickStoreOptions options)
    {
        yield return $"""
            CREATE TYPE IF NOT EXISTS {_keyspace}.tick_payload (
                precedence bigint, ingest_time bigint, price bigint, size bigint, venue text, conditions frozen<list<text>>, action tinyint, attributes text)
            """;
        yield return $$"""
            CREATE TABLE IF NOT EXISTS {{Ticks}} (
                symbol text, bucket bigint, event_time bigint, source text, sequence varint, revision bigint, payload frozen<tick_payload>,
                PRIMARY KEY ((symbol, bucket), event_time, source, sequence, revision))
            WITH CLUSTERING ORDER BY (event_time DESC, source DESC, sequence DESC, revision DESC)
                AND compaction = {'class': 'TimeWindowCompactionStrategy', {{Window(options)}}}
                AND compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 16}
                AND default_time_to_live = {{(long)(options.Retention ?? TimeSpan.Zero).TotalSeconds}}
                AND comment = 'payload.precedence is 2^63-1 less the position of the delivery; times in ns, price in 1e-9, size in 1e-8'
            """;
        yield return $"CREATE TABLE IF NOT EXISTS {Buckets} (symbol text, bucket bigint, PRIMARY KEY ((symbol), bucket)) WITH CLUSTERING ORDER BY (bucket DESC)";
        yield return $"CREATE TABLE IF NOT EXISTS {Symbols} (part int, utf16 blob, symbol text, PRIMARY KEY ((part), utf16))";
        yield return $"CREATE TABLE IF NOT EXISTS {Topics} (part int, epoch int, topic_id uuid, PRIMARY KEY ((part), epoch))";
        yield return $"""
            CREATE TABLE IF NOT EXISTS {Plan} (
                part int, version int, schema_version int, layout text, bucket_width_ns bigint, PRIMARY KEY ((part), version))
            WITH CLUSTERING ORDER BY (version DESC)
            """;
    }

    private static string Window(TickStoreOptions options)
    {
        var window = options.CompactionWindow ?? (options.Retention is { } retention ? retention / WindowsInRetention : DefaultWindow);
        var hours = Math.Max(1, (long)Math.Ceiling(window.TotalHours));
        return hours % 24 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"'compaction_window_unit': 'DAYS', 'compaction_window_size': {hours / 24}")
            : string.Create(CultureInfo.InvariantCulture, $"'compaction_window_unit': 'HOURS', 'compaction_window_size': {hours}");
    }
}
