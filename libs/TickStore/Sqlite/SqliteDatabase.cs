using SQLitePCL;

namespace StockAspire.TickStore.Sqlite;

/// <summary>One connection on SQLite's C interface. Not thread-safe: one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;

    private SqliteDatabase(sqlite3 handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Whether a transaction was begun and neither committed nor rolled back; some errors roll back by themselves.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <param name="path">Of the file; made where it is missing, unless read only.</param>
    /// <param name="readOnly">Whether nothing may be written.</param>
    /// <param name="busyTimeout">Longest wait for a lock of another connection.</param>
    public static SqliteDatabase Open(string path, bool readOnly, TimeSpan busyTimeout)
    {
        Batteries_V2.Init();

        // NOMUTEX: each connection is used by one thread at a time, so SQLite's own lock would be paid for nothing.
        var flags = raw.SQLITE_OPEN_NOMUTEX |
            (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var result = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new SqliteDatabase(handle, path);
        try
        {
            database.Check(result);
            database.Check(raw.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements without parameters or results.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new SqliteStatement(this, statement);
    }

    /// <summary>First column of the first row.</summary>
    public long QueryInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step()
            ? statement.Int64(0)
            : throw new TickStoreSchemaException($"{Path}: nothing recorded for \"{sql}\".");
    }

    /// <exception cref="TickStoreUnavailableException">Busy, full, unreadable for now.</exception>
    /// <exception cref="TickStoreSchemaException">The file is damaged or no database.</exception>
    public void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw SqliteErrors.Of(result, raw.sqlite3_errmsg(_handle).utf8_to_string(), Path);
    }

    /// <summary>Rolls back what is left of a transaction; it cannot fail in a way that keeps the transaction.</summary>
    public void Rollback()
    {
        if (InTransaction)
            _ = raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    public void Dispose() => _handle.Dispose();
}
