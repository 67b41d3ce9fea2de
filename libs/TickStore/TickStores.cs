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
    /// <param name="connectionString"><c>sqlite:PATH</c>, or what another provider takes; used instead of the one in <paramref name="options"/>.</param>
    /// <param name="options">Section Store.</param>
    /// <param name="readOnly">
    /// Never makes or changes anything and takes the recorded plan whatever is configured; unavailable until a writer has made the store.
    /// </param>
    /// <param name="meterFactory">Null for a meter of the store's own.</param>
    /// <param name="others">Adapters beside that of SQLite, which is always there.</param>
    /// <exception cref="OptionsValidationException">A setting is invalid; one failure for each.</exception>
    public static ITickStore Open(
        string connectionString,
        TickStoreOptions options,
        bool readOnly = false,
        ILoggerFactory? loggerFactory = null,
        IMeterFactory? meterFactory = null,
        params IReadOnlyList<ITickStoreProvider> others)
    {
        ArgumentNullException.ThrowIfNull(options);
        var effective = options.WithConnectionString(connectionString);
        var providers = Providers(others);
        var result = new TickStoreOptionsValidator(providers).Validate(null, effective);
        if (result.Failed)
            throw new OptionsValidationException(TickStoreOptions.SectionName, typeof(TickStoreOptions), result.Failures);
        return Find(providers, connectionString)!.Open(effective, readOnly, loggerFactory ?? NullLoggerFactory.Instance, meterFactory);
    }

    internal static IReadOnlyList<ITickStoreProvider> Providers(IEnumerable<ITickStoreProvider> others) => [new SqliteTickStoreProvider(), .. others];

    internal static ITickStoreProvider? Find(IEnumerable<ITickStoreProvider> providers, string connectionString) =>
        providers.FirstOrDefault(provider => connectionString.StartsWith(provider.Scheme, StringComparison.OrdinalIgnoreCase));
}
