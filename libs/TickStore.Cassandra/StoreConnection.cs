using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using StockAspire.Cql;
using StockAspire.TickStore.Cassandra.Schema;

namespace StockAspire.TickStore.Cassandra;

/// <summary>The one session of a store, made at the first need and again at each need until it succeeds; from then on it keeps itself. Thread-safe.</summary>
internal sealed class StoreConnection(
    CassandraAddress address,
    TickStoreOptions options,
    CqlConsistency? consistency,
    bool readOnly,
    ILoggerFactory loggers,
    IMeterFactory? meters) : IAsyncDisposable
{
    /// <summary>A little more than the server's own timeouts, so that its word comes first.</summary>
    private static readonly TimeSpan AttemptTimeoutMax = TimeSpan.FromSeconds(6);

    private readonly ILogger _logger = loggers.CreateLogger<CassandraTickStore>();
    private readonly SemaphoreSlim _making = new(1);
    private StoreSession? _session;
    private bool _isDisposed;

    public CassandraAddress Address => address;

    /// <exception cref="TickStoreUnavailableException">The cluster cannot be reached, or a writer is still to make the store.</exception>
    /// <exception cref="TickStoreSchemaException">Another plan, a newer schema, or settings that this cluster does not fit.</exception>
    public ValueTask<StoreSession> GetAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _session) is { } session ? new(session) : new(MakeOnceAsync(cancellationToken));

    /// <summary>What an operator should know of the cluster as it is now.</summary>
    public async Task<IReadOnlyList<string>> DiagnoseAsync(CancellationToken cancellationToken)
    {
        var session = await GetAsync(cancellationToken);
        var replicas = await new StoreMaker(session.Cql, address, options, _logger).ReadReplicasAsync(cancellationToken);
        return await new DurabilityCheck(session.Cql, address, options, _logger).FindAsync(replicas, session.Consistency, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _making.WaitAsync();
        _isDisposed = true;
        if (_session is not null)
            await _session.DisposeAsync();
        _making.Release();
    }

    private async Task<StoreSession> MakeOnceAsync(CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(ITickStore));
            if (_session is null)
                Volatile.Write(ref _session, await MakeAsync(cancellationToken));
            return _session;
        }
        catch (CqlServerException exception) when (CassandraErrors.IsMissing(exception))
        {
            // A node lists a table a moment before it can be asked for it: another process is making the store just now.
            throw new TickStoreUnavailableException($"{address} is not made yet: {exception.Error.Message}", exception);
        }
        catch (Exception exception) when (CassandraErrors.IsKnown(exception))
        {
            throw CassandraErrors.Of(exception, address);
        }
        finally
        {
            _making.Release();
        }
    }

    private async Task<StoreSession> MakeAsync(CancellationToken cancellationToken)
    {
        var cql = await ConnectAsync(cancellationToken);
        try
        {
            var maker = new StoreMaker(cql, address, options, _logger);
            if (!readOnly)
                await maker.MakeAsync(cancellationToken);
            var replicas = await maker.ReadReplicasAsync(cancellationToken);
            var level = consistency ?? (replicas > 1 ? CqlConsistency.LocalQuorum : CqlConsistency.LocalOne);
            var plan = readOnly
                ? await maker.ReadPlanAsync(level, cancellationToken)
                : await maker.RecordPlanAsync(TickStorePlan.Of(options), cancellationToken);
            var session = await StoreSession.PrepareAsync(cql, address, plan, level, cancellationToken);
            CassandraLog.Reached(_logger, address, cql.LocalDatacenter, replicas, level.ToString());
            if (!readOnly)
            {
                foreach (var finding in await new DurabilityCheck(cql, address, options, _logger).FindAsync(replicas, level, cancellationToken))
                    CassandraLog.Warned(_logger, finding);
            }

            return session;
        }
        catch
        {
            await cql.DisposeAsync();
            throw;
        }
    }

    private async Task<CqlSession> ConnectAsync(CancellationToken cancellationToken)
    {
        var user = address.User ?? options.User;
        var settings = new CqlOptions
        {
            ContactPoints = address.ContactPoints,
            LocalDatacenter = address.Datacenter,
            User = string.IsNullOrEmpty(user) ? null : user,
            ReadPassword = string.IsNullOrEmpty(user) ? null : ReadPasswordAsync,
            Tls = address.IsSecure ? new CqlTlsOptions { CaFile = address.CaFile } : null,
            RequestTimeout = options.RequestTimeout,
            AttemptTimeout = options.RequestTimeout < AttemptTimeoutMax ? options.RequestTimeout : AttemptTimeoutMax,
        };
        try
        {
            return await CqlSession.ConnectAsync(settings, loggers, meters, cancel: cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new TickStoreSchemaException($"{address}: {exception.Message}", exception);
        }
    }

    /// <summary>At each connecting: a password may be changed while this runs.</summary>
    private async ValueTask<string> ReadPasswordAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.PasswordFile))
            return address.Password ?? options.Password ?? string.Empty;
        try
        {
            using var reader = new StreamReader(options.PasswordFile);
            return await reader.ReadLineAsync(cancellationToken) ?? string.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Store:PasswordFile cannot be read: {exception.Message}", exception);
        }
    }
}
