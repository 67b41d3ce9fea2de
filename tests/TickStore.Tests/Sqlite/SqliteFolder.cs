using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using StockAspire.TickStore.Sqlite;

namespace StockAspire.TickStore.Tests.Sqlite;

/// <summary>A folder for one test's file, and ways to look at that file without the store.</summary>
public abstract class SqliteFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tickstore-");

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected string FilePath => Path.Combine(_folder.FullName, "ticks.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected ITickStore Open(TickStoreOptions? options = null, bool readOnly = false) =>
        TickStores.Open("sqlite:" + FilePath, options ?? new TickStoreOptions(), readOnly);

    internal SqliteTickStore OpenWith(Action<SqliteDatabase> writerOpened) =>
        new(FilePath, new TickStoreOptions(), readOnly: false, NullLogger.Instance, new TickStoreMetrics(null, SqliteTickStoreProvider.SystemName)) { WriterOpened = writerOpened };

    protected SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={FilePath};Pooling=false");
        connection.Open();
        return connection;
    }

    /// <summary>First column of the first row, through a connection of its own.</summary>
    protected object? Query(string sql)
    {
        using var connection = Connect();
        return Run(connection, sql);
    }

    protected static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the tests' own literals.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
