using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using StockAspire.Cql.Cluster;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql;

public sealed partial class CqlSession
{
    /// <summary>How often one request may find a statement unknown: a batch may hold several.</summary>
    private const int RepreparationsMax = 32;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(10);

    /// <summary>Under way now: whoever needs the same waits for it.</summary>
    private readonly ConcurrentDictionary<(CqlConnection Connection, PreparedStatement Prepared), Lazy<Task<bool>>> _repreparations = new();
    private long _warnedTimestamp;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CqlResult> RunAsync(CqlStatement statement, ReadOnlyMemory<byte> pagingState, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        statement.RequireComplete();
        var (keyspace, table) = statement.Target;
        var start = Stopwatch.GetTimestamp();
        using var activity = CqlTelemetry.Start(statement.OperationName, keyspace, table, statement.Consistency ?? Options.Consistency, statement.BatchSize);
        try
        {
            var run = new StatementRun(Options.Consistency, Options.PageSize, pagingState, null);
            var deadline = _settings.Time.GetTimestamp() + (long)((statement.Timeout ?? Options.RequestTimeout).TotalSeconds * _settings.Time.TimestampFrequency);
            var result = statement is { SpeculateAfter: { } delay, IsIdempotent: true }
                ? await SpeculateAsync(statement, run, NextTurn(), delay, deadline, cancel)
                : await TryAsync(statement, run, NextTurn(), null, deadline, cancel);
            CqlTelemetry.Answered(activity, result);
            if (result.Warnings.Count > 0)
                LogWarnings(result);
            if (result.SchemaChange is not null && statement.AwaitsSchemaAgreement)
                await WaitForSchemaAgreementAsync(cancel);
            _settings.Metrics.Operation(statement.OperationName, keyspace, table, start, null);
            return result;
        }
        catch (Exception exception)
        {
            _settings.Metrics.Operation(statement.OperationName, keyspace, table, start, exception);
            CqlTelemetry.Fail(activity, exception);
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CqlResult> TryAsync(CqlStatement statement, StatementRun run, int turn, CqlConnection? except, long deadline, CancellationToken cancel)
    {
        var (body, connection, state) = await SendAsync(statement, run, turn, except, deadline, cancel);
        try
        {
            var result = CqlResult.Read(body, state?.Columns);
            result.Host = connection.Endpoint;
            if (result.NewMetadataId is { } id)
                ((BoundStatement)statement).Prepared.ReplaceColumns(id, result.ColumnArray, connection.Version);
            return result;
        }
        catch (CqlProtocolException exception)
        {
            body.Dispose();
            connection.Abort(exception);
            throw;
        }
    }

    /// <summary>Asks a second node when the first is slow. The first answer counts; the other request ends before this does.</summary>
    private async ValueTask<CqlResult> SpeculateAsync(CqlStatement statement, StatementRun run, int turn, TimeSpan delay, long deadline, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var asked = Plan(statement, turn).Next();
        var first = TryAsync(statement, run, turn, null, deadline, stop.Token).AsTask();
        if (await Task.WhenAny(first, Task.Delay(delay, _settings.Time, cancel)) == first || first.IsCompleted || cancel.IsCancellationRequested)
            return await first;

        _settings.Metrics.Speculated();
        var second = TryAsync(statement, run, turn, asked, deadline, stop.Token).AsTask();
        var winner = await Task.WhenAny(first, second);
        var loser = winner == first ? second : first;
        if (!winner.IsCompletedSuccessfully)
            return await loser;

        await AbandonAsync(loser, stop);
        return await winner;
    }

    /// <returns>The answer, where it came from, and as what the statement was prepared when this was asked.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ResponseBody Body, CqlConnection Connection, PreparedState? State)> SendAsync(
        CqlStatement statement, StatementRun run, int turn, CqlConnection? except, long deadline, CancellationToken cancel)
    {
        var plan = Plan(statement, turn);
        CqlConnection? again = null;
        Dictionary<CqlErrorCode, int>? seen = null;
        Exception? last = null;
        var repreparations = 0;
        var isAnyAsked = false;
        for (var attempt = 0; ;)
        {
            cancel.ThrowIfCancellationRequested();
            var left = _settings.Time.GetElapsedTime(_settings.Time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
                throw last ?? new CqlTimeoutException("No node could be asked in time.");

            var connection = again ?? plan.Next();
            if (connection is not null && connection == except)
                connection = plan.Next() ?? connection;
            again = null;
            if (connection is null)
            {
                // All were asked, and from the beginning again; or none is connected, which counts as a try.
                if (!isAnyAsked)
                {
                    last ??= NoHost(statement);
                    if (attempt++ >= Options.RetriesMax)
                        throw last;
                    await DelayAsync(attempt, left, cancel);
                }

                isAnyAsked = false;
                plan = Plan(statement, ++turn);
                continue;
            }

            isAnyAsked = true;
            try
            {
                var timeout = left < Options.AttemptTimeout ? left : Options.AttemptTimeout;
                run = run with { State = statement.State };
                return (await statement.SendAsync(connection, run, timeout, cancel), connection, run.State);
            }
            catch (CqlServerException exception) when (exception.Code == CqlErrorCode.Unprepared && statement.Find(exception.Error.StatementId.Span) is { } prepared && repreparations++ < RepreparationsMax)
            {
                last = exception;
                again = await ReprepareAsync(prepared, connection, left, cancel) ? connection : null;
            }
            catch (CqlException exception)
            {
                last = exception;
                var code = (exception as CqlServerException)?.Code ?? CqlErrorCode.ServerError;
                var decision = RetryPolicy.Decide(exception, statement.IsIdempotent, seen?.GetValueOrDefault(code) ?? 0);
                if (decision == RetryDecision.Surface || attempt++ >= Options.RetriesMax)
                    throw;

                seen ??= [];
                seen[code] = seen.GetValueOrDefault(code) + 1;
                _settings.Metrics.Retried(exception);
                again = decision == RetryDecision.SameHost && connection.IsOpen ? connection : null;
                if (decision == RetryDecision.NextHostAfterDelay)
                    await DelayAsync(attempt, left, cancel);
            }
        }
    }

    /// <summary>Servers repeat their warnings with every request that earns them; the log does not.</summary>
    private void LogWarnings(CqlResult result)
    {
        var last = Interlocked.Read(ref _warnedTimestamp);
        if (last != 0 && _settings.Time.GetElapsedTime(last) < WarningInterval)
            return;

        Interlocked.Exchange(ref _warnedTimestamp, _settings.Time.GetTimestamp());
        foreach (var warning in result.Warnings)
            _settings.Logger.ServerWarned(result.Host!, warning);
    }

    private async Task DelayAsync(int attempt, TimeSpan left, CancellationToken cancel)
    {
        var delay = Backoff.Delay(attempt - 1, Options.RetryDelayMin, Options.RetryDelayMax, Random.Shared.NextDouble());
        await Task.Delay(delay < left ? delay : left, _settings.Time, cancel);
    }

    /// <summary>Kept small, so that sums with it never overflow.</summary>
    private int NextTurn() => Interlocked.Increment(ref _turn) & 0xFFFFFF;

    private QueryPlan Plan(CqlStatement statement, int turn)
    {
        var topology = _cluster.Topology;
        return statement.Host is { } host
            ? new QueryPlan([], [.. topology.Nodes.Where(node => node.Endpoint.Equals(host))], 0)
            : new QueryPlan(topology.Replicas(statement.Target.Keyspace, statement.Token), topology.Local, turn);
    }

    private CqlNoHostException NoHost(CqlStatement statement)
    {
        var nodes = statement.Host is { } host ? _cluster.Topology.Nodes.Where(node => node.Endpoint.Equals(host)) : _cluster.Topology.Local;
        return new CqlNoHostException(
            statement.Host is null ? $"No node of datacenter {LocalDatacenter} takes requests." : $"{statement.Host} takes no requests.",
            nodes.Where(node => node.LastError is not null).ToDictionary(node => (EndPoint)node.Endpoint, node => node.LastError!));
    }

    private async Task<PreparedStatement> PrepareNewAsync(string cql)
    {
        using var preparation = new Preparation(cql);
        var deadline = _settings.Time.GetTimestamp() + (long)(Options.RequestTimeout.TotalSeconds * _settings.Time.TimestampFrequency);
        var (body, connection, _) = await SendAsync(preparation, default, NextTurn(), null, deadline, CancellationToken.None);
        using (body)
            return new PreparedStatement(cql, Preparation.Read(body), connection.Version);
    }

    /// <summary>After an ALTER TABLE, all requests in flight find their statement unknown: one of them has it prepared.</summary>
    private async Task<bool> ReprepareAsync(PreparedStatement prepared, CqlConnection connection, TimeSpan timeout, CancellationToken cancel)
    {
        var entry = _repreparations.GetOrAdd((connection, prepared), static (key, session) => new Lazy<Task<bool>>(() => session.TryReprepareAsync(key.Prepared, key.Connection)), this);
        try
        {
            return await entry.Value.WaitAsync(timeout, _settings.Time, cancel);
        }
        catch (TimeoutException exception)
        {
            throw new CqlTimeoutException($"{connection.Endpoint} did not prepare the statement again in time.", exception) { Host = connection.Endpoint };
        }
    }

    /// <summary>Prepares a statement where it was not known, and takes over what that says. False if the node could not.</summary>
    private async Task<bool> TryReprepareAsync(PreparedStatement prepared, CqlConnection connection)
    {
        try
        {
            using var body = await connection.SendAsync(new PrepareRequest(prepared.Cql), default, Options.AttemptTimeout, CancellationToken.None);
            prepared.Replace(Preparation.Read(body), connection.Version);
            _settings.Metrics.Reprepared();
            _settings.Logger.Reprepared(connection.Endpoint, prepared.Cql);
            return true;
        }
        catch (CqlException exception) when (RetryPolicy.Decide(exception, isIdempotent: true, 0) != RetryDecision.Surface)
        {
            return false;
        }
        finally
        {
            _repreparations.TryRemove((connection, prepared), out _);
        }
    }
}
