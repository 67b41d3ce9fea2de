using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra;

/// <summary>For <see cref="TickStoreExtensions.AddTickStore"/> and <see cref="TickStores.Open"/>: what takes <c>cassandra://</c>.</summary>
public static class CassandraTickStores
{
    public static ITickStoreProvider Provider { get; } = new CassandraTickStoreProvider();
}

/// <inheritdoc cref="CassandraAddress"/>
internal sealed class CassandraTickStoreProvider : ITickStoreProvider
{
    public const string SystemName = "cassandra";

    public static readonly TimeSpan RetentionMin = TimeSpan.FromHours(1);

    /// <summary>Cassandra's own limit of a TTL, in whole years.</summary>
    public static readonly TimeSpan RetentionMax = TimeSpan.FromDays(20 * 365);
    public static readonly TimeSpan CompactionWindowMin = TimeSpan.FromHours(1);
    public static readonly TimeSpan CompactionWindowMax = TimeSpan.FromDays(366);

    /// <summary>As CQL names them; without ANY, which is satisfied when no replica has the row.</summary>
    private static readonly Dictionary<string, CqlConsistency> Consistencies = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ONE"] = CqlConsistency.One,
        ["TWO"] = CqlConsistency.Two,
        ["THREE"] = CqlConsistency.Three,
        ["QUORUM"] = CqlConsistency.Quorum,
        ["ALL"] = CqlConsistency.All,
        ["LOCAL_ONE"] = CqlConsistency.LocalOne,
        ["LOCAL_QUORUM"] = CqlConsistency.LocalQuorum,
    };

    public string Scheme => CassandraAddress.Scheme;

    public IEnumerable<string> Check(TickStoreOptions options)
    {
        if (!CassandraAddress.TryParse(options.ConnectionString, out var address, out var fault))
        {
            yield return fault;
            yield break;
        }

        foreach (var credentialFault in CheckCredentials(address, options))
            yield return credentialFault;
        if (options.Consistency is not null && !Consistencies.ContainsKey(options.Consistency))
            yield return $"Store:Consistency is \"{options.Consistency}\"; it must be one of {string.Join(", ", Consistencies.Keys)}.";
        if (options.Retention is { } retention && (retention < RetentionMin || retention > RetentionMax))
            yield return $"Store:Retention is {retention}; it must be between {RetentionMin} and {RetentionMax}.";
        if (options.CompactionWindow is { } window && (window < CompactionWindowMin || window > CompactionWindowMax))
            yield return $"Store:CompactionWindow is {window}; it must be between {CompactionWindowMin} and {CompactionWindowMax}.";
    }

    public ITickStore Open(TickStoreOptions options, bool readOnly, ILoggerFactory loggers, IMeterFactory? meters)
    {
        if (!CassandraAddress.TryParse(options.ConnectionString, out var address, out var fault))
            throw new ArgumentException(fault);

        var consistency = options.Consistency is null ? (CqlConsistency?)null : Consistencies[options.Consistency];
        var connection = new StoreConnection(address, options, consistency, readOnly, loggers, meters);
        return new CassandraTickStore(connection, readOnly, new TickStoreMetrics(meters, SystemName));
    }

    private static IEnumerable<string> CheckCredentials(CassandraAddress address, TickStoreOptions options)
    {
        var users = Count(address.User, options.User);
        var passwords = Count(address.Password, options.Password, options.PasswordFile);
        if (users > 1)
            yield return $"{TickStoreOptions.ConnectionKey} and Store:User both give a user: leave one out.";
        if (passwords > 1)
            yield return $"Of the password in {TickStoreOptions.ConnectionKey}, Store:Password and Store:PasswordFile more than one is given: leave one.";
        if (users == 0 && passwords > 0)
            yield return $"A password is given without a user: give Store:User, or user@ in {TickStoreOptions.ConnectionKey}.";
        if (users > 0 && passwords == 0)
            yield return "A user is given without a password: give Store:Password or Store:PasswordFile.";
        if (options.PasswordFile is not null && !File.Exists(options.PasswordFile))
            yield return $"Store:PasswordFile is \"{options.PasswordFile}\", which is not there.";

        static int Count(params string?[] texts) => texts.Count(text => !string.IsNullOrEmpty(text));
    }
}
