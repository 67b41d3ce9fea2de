using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StockAspire.TickStore.Sqlite;

namespace StockAspire.TickStore;

/// <summary>Opens stores by their connection string.</summary>
public static class TickStores
{
    /// <summary>
    /// The store that a connection string names; nothing is touched before <see cref="ITickStore.InitializeAsync"/> or
    /// the first other call. The caller disposes it.
    /// </summary>
    /// <param name="connectionString"><c>sqlite:PATH</c>; it takes the place of the one in <paramref name="options"/>.</param>
    /// <param name="options">Section Store.</param>
    /// <param name="readOnly">
    /// Never makes or changes anything and takes the recorded plan whatever is configured; unavailable until a writer has made the store.
    /// </param>
    /// <param name="meterFactory">Null for a meter of the store's own.</param>
    /// <exception cref="OptionsValidationException">A setting is invalid; one failure for each.</exception>
    public static ITickStore Open(
        string connectionString, TickStoreOptions options, bool readOnly = false, ILoggerFactory? loggerFactory = null, IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var effective = new TickStoreOptions
        {
            ConnectionString = connectionString,
            Layout = options.Layout,
            BucketWidth = options.BucketWidth,
            RequestTimeout = options.RequestTimeout,
            SurvivePowerLoss = options.SurvivePowerLoss,
        };
        var result = new TickStoreOptionsValidator().Validate(null, effective);
        if (result.Failed || !TickStoreAddress.TryParse(connectionString, out var address, out _))
            throw new OptionsValidationException(TickStoreOptions.SectionName, typeof(TickStoreOptions), result.Failures ?? []);

        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SqliteTickStore>();
        return new SqliteTickStore(address.Path, effective, readOnly, logger, new TickStoreMetrics(meterFactory));
    }
}
