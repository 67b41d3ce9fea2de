using System.Globalization;
using SQLitePCL;

namespace StockAspire.TickStore.Sqlite;

/// <summary>What SQLite's result codes (sqlite.org/rescode.html) mean for whoever called the store.</summary>
internal static class SqliteErrors
{
    /// <summary>Low byte of an extended code: the primary one.</summary>
    private const int PrimaryMask = 0xFF;

    public static Exception Of(int result, string reason, string path)
    {
        var primary = result & PrimaryMask;
        var text = string.Create(CultureInfo.InvariantCulture, $"{path}: {reason} (SQLite {result})");
        return primary switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL =>
                new TickStoreUnavailableException($"{text}. Another process holds the store's lock; it is waited for Store:RequestTimeout at most."),
            raw.SQLITE_FULL => new TickStoreUnavailableException($"{text}. Free some disk space; writing goes on by itself."),
            raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM =>
                new TickStoreUnavailableException($"{text}. The file and its folder must exist and this user must be allowed to write both."),
            raw.SQLITE_NOTADB => new TickStoreSchemaException($"{text}. It is no tick store: check the path."),
            raw.SQLITE_CORRUPT => new TickStoreSchemaException($"{text}. The file is damaged: run \"PRAGMA quick_check\" on it and restore it, or load it again into a new store."),
            raw.SQLITE_IOERR or raw.SQLITE_NOMEM or raw.SQLITE_INTERRUPT or raw.SQLITE_NOLFS => new TickStoreUnavailableException($"{text}."),
            _ => new InvalidOperationException($"{text}."),
        };
    }
}
