using SQLitePCL;

namespace StockAspire.TickStore.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0, as in SQLite. Used by its connection's thread only.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    public void Bind(int parameter, long value) => database.Check(raw.sqlite3_bind_int64(handle, parameter, value));

    public void BindText(int parameter, ReadOnlySpan<byte> utf8) => database.Check(raw.sqlite3_bind_text(handle, parameter, utf8));

    public void BindNull(int parameter) => database.Check(raw.sqlite3_bind_null(handle, parameter));

    /// <summary>True on a row, false at the end; then the statement is reset, as it is after an error.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(handle);
        if (result == raw.SQLITE_ROW)
            return true;

        // The reset repeats the step's error, and its message is the connection's last one.
        database.Check(raw.sqlite3_reset(handle));
        database.Check(result);
        return false;
    }

    /// <summary>Ends the read transaction of a statement that was not stepped to its end.</summary>
    public void Reset() => database.Check(raw.sqlite3_reset(handle));

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>Empty for NULL; valid until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public void Dispose() => handle.Dispose();
}
