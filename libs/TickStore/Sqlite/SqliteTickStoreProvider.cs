using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore.Sqlite;

/// <summary><c>sqlite:PATH</c>; the file and its folder are made where they are missing.</summary>
internal sealed class SqliteTickStoreProvider : ITickStoreProvider
{
    public const string SystemName = "sqlite";

    public string Scheme => "sqlite:";

    public IEnumerable<string> Check(TickStoreOptions options)
    {
        if (options.ConnectionString.AsSpan(Scheme.Length).IsWhiteSpace())
            yield return $"{TickStoreOptions.ConnectionKey} is \"{options.ConnectionString}\"; a path must follow {Scheme}.";
    }

    public ITickStore Open(TickStoreOptions options, bool readOnly, ILoggerFactory loggers, IMeterFactory? meters) => new SqliteTickStore(
        Path.GetFullPath(options.ConnectionString[Scheme.Length..]),
        options,
        readOnly,
        loggers.CreateLogger<SqliteTickStore>(),
        new TickStoreMetrics(meters, SystemName));
}
