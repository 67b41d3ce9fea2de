using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// <see cref="ITickStore"/> on one SQLite file in WAL mode: one writer (in this process by design, another process's waits
/// its turn), any number of readers in any process of the machine. What was acknowledged survives a kill of the process;
/// a power cut too with <see cref="TickStoreOptions.SurvivePowerLoss"/>.
/// </summary>
internal sealed class SqliteTickStore : ITickStore
{
    /// <summary>Rows of one call at most; they are one transaction.</summary>
    private const int WriteRowsMax = 1 << 20;

    /// <summary>Bytes below which a disk is nearly full: some 10 million ticks.</summary>
    private const long FreeSpaceMin = 1L << 30;

    private readonly string _path;
    private readonly TickStoreOptions _options;
    private readonly ILogger _logger;
    private readonly TickStoreMetrics _metrics;
    private readonly SqliteReaders _readers;
    private readonly SqliteWriteLoop? _writer;
    private readonly SymbolDirectory _symbols = new();

    public SqliteTickStore(string path, TickStoreOptions options, bool readOnly, ILogger logger, TickStoreMetrics metrics)
    {
        _path = path;
        _options = options;
        _logger = logger;
        _metrics = metrics;
        _readers = new SqliteReaders(path, options.RequestTimeout, metrics);
        _writer = readOnly ? null : new SqliteWriteLoop(OpenWriter, logger, metrics);
    }

    /// <summary>For tests: called with each writer connection before it is used.</summary>
    internal Action<SqliteDatabase>? WriterOpened { get; set; }

    public Task InitializeAsync(CancellationToken cancellationToken) => _writer is null
        ? _readers.RunAsync(TickStoreTelemetry.InitializeOperation, static _ => true, cancellationToken)
        : _writer.RunAsync(new WriteRequest(TickStoreTelemetry.InitializeOperation, static _ => 0), cancellationToken);

    public async Task<int> RegisterTopicAsync(Guid topicId, CancellationToken cancellationToken)
    {
        if (_writer is not null)
            return await _writer.RunAsync(new WriteRequest(TickStoreTelemetry.RegisterOperation, writer => writer.RegisterTopic(topicId)), cancellationToken);

        var epoch = await _readers.RunAsync(TickStoreTelemetry.RegisterOperation, reader => reader.FindTopic(topicId), cancellationToken);
        return epoch ?? throw new TickStoreUnavailableException($"{_path}: the Sink has not registered topic {topicId} yet.");
    }

    public async Task WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        if (_writer is null)
            throw new InvalidOperationException($"{_path} was opened to read only.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, WriteRowsMax, nameof(rows));
        if (!rows.IsEmpty)
            await _writer.RunAsync(new WriteRequest(rows), cancellationToken);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ScanAsync(
        TickScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentOutOfRangeException.ThrowIfNegative(scan.Limit);
        if (scan.EndNs <= scan.StartNs)
            yield break;

        using var activity = TickStoreTelemetry.Start(SqliteTickStoreProvider.SystemName, TickStoreTelemetry.ScanOperation);
        var cursor = new ScanCursor(scan, scan.EndNs - 1);
        while (!cursor.AtEnd)
        {
            var page = await _readers.RunAsync(TickStoreTelemetry.ScanOperation, cursor.ReadPage, cancellationToken);
            _metrics.RowsRead(page.Length);
            if (!page.IsEmpty)
                yield return page;
        }
    }

    public async Task<StoredTick?> FindLatestAsync(string symbol, long atNs, long oldestNs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        using var activity = TickStoreTelemetry.Start(SqliteTickStoreProvider.SystemName, TickStoreTelemetry.LatestOperation);
        var scan = new TickScan { Symbol = symbol, StartNs = oldestNs, EndNs = atNs, Descending = true, Limit = 1 };
        var cursor = new ScanCursor(scan, atNs);
        while (!cursor.AtEnd)
        {
            var page = await _readers.RunAsync(TickStoreTelemetry.LatestOperation, cursor.ReadPage, cancellationToken);
            _metrics.RowsRead(page.Length);
            if (!page.IsEmpty)
                return page.Span[0];
        }

        return null;
    }

    public async Task<IReadOnlyList<SymbolBuckets>> ListSymbolsAsync(string after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return await _readers.RunAsync(
            TickStoreTelemetry.SymbolsOperation, reader => _symbols.List(reader, after, limit), cancellationToken);
    }

    public async Task<IReadOnlyList<string>> DiagnoseAsync(CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken);
        List<string> findings = [];
        if (!_options.SurvivePowerLoss)
        {
            findings.Add(
                $"Tick store {_path} keeps what it acknowledged when a process is killed, but a power cut may take the last of it: set Store:SurvivePowerLoss=true for the Sink");
        }

        var free = new DriveInfo(System.IO.Path.GetFullPath(_path)).AvailableFreeSpace;
        if (free < FreeSpaceMin)
            findings.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The disk of tick store {_path} has {free >> 20} MiB left: the Sink stands still when it is full"));
        return findings;
    }

    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        if (_writer is not null)
            await _writer.DisposeAsync();
        _metrics.Dispose();
    }

    private SqliteWriter OpenWriter()
    {
        var writer = SqliteWriter.Open(_path, _options, WriterOpened, out var made);
        if (made)
            TickStoreLog.Made(_logger, _path, _options.Layout, _options.BucketWidth);
        TickStoreLog.Opened(_logger, _path, _options.SurvivePowerLoss);
        return writer;
    }
}
