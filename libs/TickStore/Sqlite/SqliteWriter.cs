using System.Globalization;
using System.Text;
using StockAspire.TickStore.Adapters;

namespace StockAspire.TickStore.Sqlite;

/// <summary>The one connection that writes, with its statements and what it remembers. Used by the writer's thread only.</summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Position = epoch x 2^48 + offset must stay within int64.</summary>
    private const int EpochMax = (1 << (63 - StoredTick.OffsetBits)) - 1;

    /// <summary>Buckets remembered as listed already, so that a row costs no look-up.</summary>
    private const int BucketsRememberedMax = 1 << 16;

    /// <summary>Bytes that the write-ahead log is cut down to once it was checkpointed.</summary>
    private const int LogSizeMax = 256 << 20;

    private readonly SqliteDatabase _database;
    private readonly TickStorePlan _plan;
    private readonly RowStage _stage;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _insertBucket;
    private readonly AttributeJson _attributes = new();
    private readonly HashSet<(int Symbol, long Bucket)> _buckets = [];

    private SqliteWriter(SqliteDatabase database, TickStorePlan plan)
    {
        _database = database;
        _plan = plan;
        _stage = new RowStage(database);
        _insertBucket = database.Prepare("INSERT INTO tick_buckets (symbol_id, bucket) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _insert = database.Prepare("""
            INSERT INTO ticks (symbol_id, event_time, source_id, sequence, revision, position, ingest_time, price, size, venue_id, condition_set_id, action, attributes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (symbol_id, event_time, source_id, sequence, revision) DO UPDATE SET
                position = excluded.position, ingest_time = excluded.ingest_time, price = excluded.price, size = excluded.size,
                venue_id = excluded.venue_id, condition_set_id = excluded.condition_set_id, action = excluded.action, attributes = excluded.attributes
            WHERE excluded.position < position
            """);
    }

    /// <summary>Opens the file, making it and its folder where they are missing; <paramref name="made"/> says whether it was this call.</summary>
    public static SqliteWriter Open(string path, TickStoreOptions options, Action<SqliteDatabase>? opened, out bool made)
    {
        CreateFolder(path);
        var configured = TickStorePlan.Of(options);
        var database = SqliteDatabase.Open(path, readOnly: false, options.RequestTimeout);
        try
        {
            // Refuse another program's file before anything in it is changed.
            var missing = !SqliteSchema.IsMade(database);
            database.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL");
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA synchronous = {(options.SurvivePowerLoss ? "FULL" : "NORMAL")};
                PRAGMA wal_autocheckpoint = 16384;
                PRAGMA journal_size_limit = {LogSizeMax};
                PRAGMA cache_size = -65536;
                """));
            made = missing && SqliteSchema.Make(database, configured);
            var plan = SqliteSchema.ReadPlan(database);
            plan.CheckConfigured(configured, path);
            opened?.Invoke(database);
            return new SqliteWriter(database, plan);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stores the requests' rows in one transaction, and adds those requests that have a row which can never be stored to
    /// <paramref name="rejected"/>. On any error nothing of it is stored.
    /// </summary>
    public int Write(IReadOnlyList<WriteRequest> requests, Dictionary<WriteRequest, TickStoreRejectedException> rejected)
    {
        _database.Execute("BEGIN IMMEDIATE");
        try
        {
            foreach (var request in requests)
            {
                try
                {
                    _stage.Add(request.Rows.Span);
                }
                catch (TickStoreRejectedException rejection)
                {
                    rejected.Add(request, rejection);
                }
            }

            InsertStaged();
            _database.Execute("COMMIT");
            var count = _stage.Count;
            _stage.Committed();
            return count;
        }
        catch
        {
            _database.Rollback();
            _stage.RolledBack();
            _buckets.Clear();
            throw;
        }
    }

    /// <inheritdoc cref="ITickStore.RegisterTopicAsync"/>
    public int RegisterTopic(Guid topicId)
    {
        var id = Encoding.UTF8.GetBytes(topicId.ToString("D"));
        _database.Execute("BEGIN IMMEDIATE");
        try
        {
            using var insert = _database.Prepare(
                "INSERT INTO topic_epochs (epoch, topic_id) SELECT COALESCE(MAX(epoch) + 1, 0), ?1 FROM topic_epochs WHERE true ON CONFLICT (topic_id) DO NOTHING");
            insert.BindText(1, id);
            insert.Step();
            using var select = _database.Prepare("SELECT epoch FROM topic_epochs WHERE topic_id = ?1");
            select.BindText(1, id);
            select.Step();
            var epoch = select.Int64(0);
            select.Reset();
            if (epoch > EpochMax)
                throw new TickStoreRejectedException($"Topic {topicId} would be incarnation {epoch}; a store has room for {EpochMax + 1}.");
            _database.Execute("COMMIT");
            return (int)epoch;
        }
        catch
        {
            _database.Rollback();
            throw;
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertBucket.Dispose();
        _stage.Dispose();
        _database.Dispose();
    }

    private void InsertStaged()
    {
        var symbol = -1;
        var bucketEndNs = long.MinValue;
        foreach (var index in _stage.InKeyOrder())
        {
            ref readonly var row = ref _stage.Row(index);
            if (row.SymbolId != symbol || row.EventTimeNs >= bucketEndNs)
            {
                symbol = row.SymbolId;
                bucketEndNs = ListBucket(symbol, _plan.BucketOf(row.EventTimeNs));
            }

            Insert(in row);
        }
    }

    /// <summary>Lists the bucket where it is not listed yet; gives its end in ns.</summary>
    private long ListBucket(int symbol, long bucket)
    {
        if (_buckets.Count >= BucketsRememberedMax)
            _buckets.Clear();
        if (_buckets.Add((symbol, bucket)))
        {
            _insertBucket.Bind(1, symbol);
            _insertBucket.Bind(2, bucket);
            _insertBucket.Step();
        }

        return _plan.StartOf(bucket + 1);
    }

    private void Insert(in StagedRow row)
    {
        _insert.Bind(1, row.SymbolId);
        _insert.Bind(2, row.EventTimeNs);
        _insert.Bind(3, row.SourceId);
        _insert.Bind(4, row.Sequence);
        _insert.Bind(5, row.Revision);
        _insert.Bind(6, row.Position);
        _insert.Bind(7, row.IngestTimeNs);
        _insert.Bind(8, row.PriceE9);
        _insert.Bind(9, row.SizeE8);
        _insert.Bind(10, row.VenueId);
        _insert.Bind(11, row.ConditionSetId);
        _insert.Bind(12, (long)row.Action);
        if (row.Attributes is null)
            _insert.BindNull(13);
        else
            _insert.BindText(13, _attributes.Encode(row.Attributes));
        _insert.Step();
    }

    private static void CreateFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TickStoreUnavailableException($"{path}: its folder cannot be made: {exception.Message}", exception);
        }
    }
}
