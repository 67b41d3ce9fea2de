using System.Diagnostics;
using System.Runtime.CompilerServices;
using StockAspire.TickStore.Cassandra.Reading;
using StockAspire.TickStore.Cassandra.Schema;
using StockAspire.TickStore.Cassandra.Writing;

namespace StockAspire.TickStore.Cassandra;

/// <summary>
/// <see cref="ITickStore"/> on Apache Cassandra, layout rows. What was acknowledged is on as many replicas as the consistency
/// says; what each of them promises is its own configuration, which <see cref="DurabilityCheck"/> looks at.
/// </summary>
internal sealed class CassandraTickStore(StoreConnection connection, bool readOnly, TickStoreMetrics metrics) : ITickStore
{
    /// <summary>Rows of one call at most, as in every store.</summary>
    private const int WriteRowsMax = 1 << 20;

    private TickWriter? _writer;

    /// <summary>
    /// Requests are of one partition: a call should have many rows of each of its symbols, and is cut into requests here.
    /// </summary>
    public int PreferredBatchRows => 5_000;

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        using var operation = new Operation(metrics, TickStoreTelemetry.InitializeOperation);
        await operation.RunAsync(async () => await connection.GetAsync(cancellationToken), connection.Address);
    }

    public async Task<int> RegisterTopicAsync(Guid topicId, CancellationToken cancellationToken)
    {
        using var operation = new Operation(metrics, TickStoreTelemetry.RegisterOperation);
        return await operation.RunAsync(
            async () =>
            {
                var registry = new TopicRegistry(await connection.GetAsync(cancellationToken));
                return readOnly
                    ? await registry.FindAsync(topicId, cancellationToken) ?? throw new TickStoreUnavailableException($"{connection.Address}: the Sink has not registered topic {topicId} yet.")
                    : await registry.RegisterAsync(topicId, cancellationToken);
            },
            connection.Address);
    }

    public async Task WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        if (readOnly)
            throw new InvalidOperationException($"{connection.Address} was opened to read only.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, WriteRowsMax, nameof(rows));
        if (rows.IsEmpty)
            return;

        using var operation = new Operation(metrics, TickStoreTelemetry.WriteOperation);
        var sent = await operation.RunAsync(
            async () =>
            {
                var session = await connection.GetAsync(cancellationToken);
                var writer = LazyInitializer.EnsureInitialized(ref _writer, () => new TickWriter(session));
                return await writer.WriteAsync(rows, cancellationToken);
            },
            connection.Address);
        operation.Activity?.SetTag("db.operation.batch.size", sent);
        metrics.RowsWritten(sent);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ScanAsync(TickScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentOutOfRangeException.ThrowIfNegative(scan.Limit);
        if (scan.EndNs <= scan.StartNs)
            yield break;

        using var operation = new Operation(metrics, TickStoreTelemetry.ScanOperation);
        await foreach (var page in ReadAsync(scan, scan.EndNs - 1, operation, cancellationToken))
            yield return page;
    }

    public async Task<StoredTick?> FindLatestAsync(string symbol, long atNs, long oldestNs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        using var operation = new Operation(metrics, TickStoreTelemetry.LatestOperation);
        var scan = new TickScan { Symbol = symbol, StartNs = oldestNs, EndNs = atNs, Descending = true, Limit = 1 };
        await foreach (var page in ReadAsync(scan, atNs, operation, cancellationToken))
            return page.Span[0];
        return null;
    }

    public async Task<IReadOnlyList<SymbolBuckets>> ListSymbolsAsync(string after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        using var operation = new Operation(metrics, TickStoreTelemetry.SymbolsOperation);
        return await operation.RunAsync(
            async () => await new SymbolList(await connection.GetAsync(cancellationToken)).ReadAsync(after, limit, cancellationToken),
            connection.Address);
    }

    public async Task<IReadOnlyList<string>> DiagnoseAsync(CancellationToken cancellationToken)
    {
        using var operation = new Operation(metrics, TickStoreTelemetry.DiagnoseOperation);
        return await operation.RunAsync(async () => await connection.DiagnoseAsync(cancellationToken), connection.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        _writer?.Dispose();
        metrics.Dispose();
    }

    /// <param name="scan">What to read; its EndNs is not looked at.</param>
    /// <param name="lastNs">Event time of the last row, inclusive.</param>
    private async IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ReadAsync(
        TickScan scan, long lastNs, Operation operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // From the beginning of its event time: other revisions of the key's identity decide what is given.
        var fromNs = scan is { After: { } from, Descending: false } ? Math.Max(scan.StartNs, from.EventTimeNs) : scan.StartNs;
        var toNs = scan is { After: { } to, Descending: true } ? Math.Min(lastNs, to.EventTimeNs) : lastNs;
        if (fromNs > toNs)
            yield break;

        var session = await operation.RunAsync(async () => await connection.GetAsync(cancellationToken), connection.Address);
        await using var server = new PartitionPages(session, new TickRange(scan.Symbol, fromNs, toNs, scan.Descending), scan.Limit, cancellationToken);
        var assembled = new TickPages(scan);
        var pages = new List<ReadOnlyMemory<StoredTick>>();
        var goesOn = true;
        while (goesOn && !assembled.AtLimit)
        {
            pages.Clear();
            goesOn = await operation.RunAsync(() => AddAsync(server, assembled, pages), connection.Address);
            foreach (var page in pages)
            {
                metrics.RowsRead(page.Length);
                yield return page;
            }
        }
    }

    /// <summary>False at the end.</summary>
    private static async Task<bool> AddAsync(PartitionPages server, TickPages assembled, List<ReadOnlyMemory<StoredTick>> pages)
    {
        if (await server.NextAsync() is not var (result, endsPartition))
            return false;
        using (result)
            assembled.Add(result, endsPartition, pages);
        return true;
    }

    /// <summary>The span of a call, and the one place where the client's errors become the store's.</summary>
    private sealed class Operation(TickStoreMetrics metrics, string name) : IDisposable
    {
        public Activity? Activity { get; } = TickStoreTelemetry.Start(CassandraTickStoreProvider.SystemName, name);

        /// <summary>Runs a step of the call, a page of a scan for one, and counts it.</summary>
        public async Task<T> RunAsync<T>(Func<Task<T>> step, CassandraAddress store)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                var result = await step();
                metrics.Operation(name, start, null);
                return result;
            }
            catch (Exception exception)
            {
                var known = CassandraErrors.IsKnown(exception) ? CassandraErrors.Of(exception, store) : exception;
                TickStoreTelemetry.Fail(Activity, known);
                metrics.Operation(name, start, known);
                if (known == exception)
                    throw;
                throw known;
            }
        }

        public void Dispose() => Activity?.Dispose();
    }
}
