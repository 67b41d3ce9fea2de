using System.Globalization;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// The tables, their version and the recorded plan. Names are numbered in tables of their own, so that a row of
/// <c>ticks</c> stays small; 0 is the empty venue and the empty set of conditions. Sequences are the uint64's bits as int64.
/// For people there is the view <c>tick_rows</c>, with names in place of numbers.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>"STKA": says to whoever finds the file what wrote it.</summary>
    public const int ApplicationId = 0x53544B41;

    public const int Version = 1;

    private const string Tables = """
        CREATE TABLE store_plan (version INTEGER PRIMARY KEY, layout TEXT NOT NULL, bucket_width_ns INTEGER NOT NULL) STRICT;
        CREATE TABLE topic_epochs (epoch INTEGER PRIMARY KEY, topic_id TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE symbols (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE venues (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE condition_sets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE tick_buckets (symbol_id INTEGER NOT NULL, bucket INTEGER NOT NULL, PRIMARY KEY (symbol_id, bucket)) STRICT, WITHOUT ROWID;
        CREATE TABLE ticks (
            symbol_id INTEGER NOT NULL,
            event_time INTEGER NOT NULL,
            source_id INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            position INTEGER NOT NULL,
            ingest_time INTEGER NOT NULL,
            price INTEGER NOT NULL,
            size INTEGER NOT NULL,
            venue_id INTEGER NOT NULL,
            condition_set_id INTEGER NOT NULL,
            action INTEGER NOT NULL,
            attributes TEXT,
            PRIMARY KEY (symbol_id, event_time, source_id, sequence, revision)) STRICT, WITHOUT ROWID;
        CREATE VIEW tick_rows AS
            SELECT y.name AS symbol, t.event_time, s.name AS source, t.sequence, t.revision, t.position, t.ingest_time,
                t.price AS price_e9, t.size AS size_e8, COALESCE(v.name, '') AS venue, COALESCE(c.name, '[]') AS conditions,
                t.action, t.attributes
            FROM ticks t JOIN symbols y ON y.id = t.symbol_id JOIN sources s ON s.id = t.source_id
                LEFT JOIN venues v ON v.id = t.venue_id LEFT JOIN condition_sets c ON c.id = t.condition_set_id;
        """;

    /// <summary>Whether the file holds a tick store; false for an empty one.</summary>
    /// <exception cref="TickStoreSchemaException">It is another program's file, or of a newer version of this one.</exception>
    public static bool IsMade(SqliteDatabase database)
    {
        // One snapshot for all of it: another process may be making the tables just now.
        database.Execute("BEGIN");
        try
        {
            return IsMadeInTransaction(database);
        }
        finally
        {
            database.Rollback();
        }
    }

    /// <summary>Makes the tables in one transaction, unless another process was faster. True if it was this call.</summary>
    public static bool Make(SqliteDatabase database, TickStorePlan plan)
    {
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            var missing = !IsMadeInTransaction(database);
            if (missing)
            {
                database.Execute(Tables);
                using var insert = database.Prepare("INSERT INTO store_plan (version, layout, bucket_width_ns) VALUES (1, ?1, ?2)");
                insert.BindText(1, System.Text.Encoding.UTF8.GetBytes(plan.Layout));
                insert.Bind(2, plan.BucketWidthNs);
                insert.Step();
                database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"));
            }

            database.Execute("COMMIT");
            return missing;
        }
        catch
        {
            database.Rollback();
            throw;
        }
    }

    public static TickStorePlan ReadPlan(SqliteDatabase database)
    {
        using var select = database.Prepare("SELECT layout, bucket_width_ns FROM store_plan ORDER BY version DESC LIMIT 1");
        if (!select.Step())
            throw new TickStoreSchemaException($"{database.Path} has no recorded plan.");
        var plan = new TickStorePlan(System.Text.Encoding.UTF8.GetString(select.Utf8(0)), select.Int64(1));
        return plan.BucketWidthNs > 0
            ? plan
            : throw new TickStoreSchemaException($"{database.Path} has a recorded bucket width of {plan.BucketWidthNs} ns; expected above 0.");
    }

    private static bool IsMadeInTransaction(SqliteDatabase database)
    {
        var application = database.QueryInt64("PRAGMA application_id");
        var version = database.QueryInt64("PRAGMA user_version");
        if (application == 0 && version == 0 && database.QueryInt64("SELECT COUNT(*) FROM sqlite_schema") == 0)
            return false;

        if (application != ApplicationId)
            throw new TickStoreSchemaException(string.Create(CultureInfo.InvariantCulture, $"{database.Path} is a database of another program (application_id {application}, a tick store has {ApplicationId}): check the path."));
        if (version > Version)
            throw new TickStoreSchemaException(string.Create(CultureInfo.InvariantCulture, $"{database.Path} has schema version {version}, this program knows versions up to {Version}: use the newer program that wrote it, or another file."));
        return true;
    }
}
