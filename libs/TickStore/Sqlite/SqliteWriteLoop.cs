using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// The writer's thread. What several callers have queued goes into one transaction, so that many small calls cost one
/// commit; each caller goes on when that has happened. After an error the connection is opened anew for the next call.
/// </summary>
internal sealed class SqliteWriteLoop : IAsyncDisposable
{
    /// <summary>Calls waiting; whoever comes next waits for room, holding its own rows.</summary>
    private const int QueuedMax = 256;

    /// <summary>Rows at which a transaction takes in no further call: past this the rate hardly rises and the latency does.</summary>
    private const int TransactionRowsMax = 16_384;

    private readonly Func<SqliteWriter> _open;
    private readonly ILogger _logger;
    private readonly TickStoreMetrics _metrics;
    private readonly Channel<WriteRequest> _queue = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(QueuedMax) { SingleReader = true });

    private readonly List<WriteRequest> _group = [];
    private readonly Dictionary<WriteRequest, TickStoreRejectedException> _rejected = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteWriter? _writer;

    public SqliteWriteLoop(Func<SqliteWriter> open, ILogger logger, TickStoreMetrics metrics)
    {
        _open = open;
        _logger = logger;
        _metrics = metrics;

        // A thread of its own: SQLite blocks while it writes, and a pool of two threads on a small machine would starve.
        new Thread(Run) { IsBackground = true, Name = "tick store writer" }.Start();
    }

    public async Task<int> RunAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(ITickStore));
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((WriteRequest)state!).Withdraw(token), request);
        return await request.Done;
    }

    /// <summary>Stores what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
    }

    private void Run()
    {
        try
        {
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_queue.Reader.TryRead(out var request))
                {
                    if (!request.TryTake())
                        continue;
                    if (request.Work is null)
                        WriteGroup(request);
                    else
                        RunWork(request, request.Work);
                }
            }

            _writer?.Dispose();
            _ended.SetResult();
        }
        catch (Exception exception)
        {
            _ended.SetException(exception);
        }
    }

    private void RunWork(WriteRequest request, Func<SqliteWriter, int> work)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var result = work(_writer ??= _open());
            _metrics.Operation(request.Operation, start, null);
            request.Complete(result);
        }
        catch (Exception exception)
        {
            _metrics.Operation(request.Operation, start, exception);
            Forget();
            request.Fail(exception);
        }
    }

    private void WriteGroup(WriteRequest first)
    {
        Gather(first);
        var start = Stopwatch.GetTimestamp();
        using var activity = TickStoreTelemetry.StartWrite(SqliteTickStoreProvider.SystemName, _group.Select(request => request.Caller));
        try
        {
            var count = (_writer ??= _open()).Write(_group, _rejected);
            activity?.SetTag("db.operation.batch.size", count);
            _metrics.Operation(TickStoreTelemetry.WriteOperation, start, null);
            _metrics.RowsWritten(count);
            foreach (var request in _group)
            {
                if (_rejected.TryGetValue(request, out var rejection))
                    request.Fail(rejection);
                else
                    request.Complete(0);
            }
        }
        catch (Exception exception)
        {
            TickStoreTelemetry.Fail(activity, exception);
            _metrics.Operation(TickStoreTelemetry.WriteOperation, start, exception);
            TickStoreLog.RolledBack(_logger, _group.Sum(request => request.Rows.Length), exception.Message);
            Forget();
            foreach (var request in _group)
                request.Fail(exception);
        }

        _group.Clear();
        _rejected.Clear();
    }

    /// <summary>Takes what is queued behind the first request, up to other work or a full transaction.</summary>
    private void Gather(WriteRequest first)
    {
        _group.Add(first);
        var rows = first.Rows.Length;
        while (rows < TransactionRowsMax && _queue.Reader.TryPeek(out var next) && next.Work is null && _queue.Reader.TryRead(out next))
        {
            if (next.TryTake())
            {
                _group.Add(next);
                rows += next.Rows.Length;
            }
        }
    }

    /// <summary>The next call opens the file again: it may have been replaced, and what the writer remembers with it.</summary>
    private void Forget()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
