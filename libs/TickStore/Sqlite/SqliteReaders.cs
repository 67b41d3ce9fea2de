using System.Collections.Concurrent;
using System.Diagnostics;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// A pool of reader connections. A piece of work (one page, one look-up) has a connection to itself on a thread of the
/// pool; what fails takes its connection with it. Thread-safe.
/// </summary>
internal sealed class SqliteReaders(string path, TimeSpan timeout, TickStoreMetrics metrics) : IDisposable
{
    /// <summary>Connections at most: beyond some for each core they only take memory; a page takes milliseconds.</summary>
    public static readonly int ConnectionsMax = Math.Max(4, Environment.ProcessorCount * 2);

    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private volatile bool _disposed;

    /// <exception cref="TickStoreUnavailableException">No store yet, no connection became free in time, or the disk failed.</exception>
    public async Task<T> RunAsync<T>(string operation, Func<SqliteReader, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(ITickStore));
        if (!await _free.WaitAsync(timeout, cancellationToken))
            throw new TickStoreUnavailableException($"{path}: {ConnectionsMax} readers were busy for the whole of Store:RequestTimeout ({timeout}).");

        try
        {
            return await Task.Run(() => Run(operation, work), cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Closes the idle connections; one in use is closed when its work ends.</summary>
    public void Dispose()
    {
        _disposed = true;
        CloseIdle();
    }

    private T Run<T>(string operation, Func<SqliteReader, T> work)
    {
        var start = Stopwatch.GetTimestamp();
        SqliteReader? reader = null;
        try
        {
            reader = _idle.TryTake(out var idle) ? idle : SqliteReader.Open(path, timeout);
            var result = work(reader);
            _idle.Add(reader);
            if (_disposed)
                CloseIdle();
            metrics.Operation(operation, start, null);
            return result;
        }
        catch (Exception exception)
        {
            reader?.Dispose();
            metrics.Operation(operation, start, exception);
            throw;
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var reader))
            reader.Dispose();
    }
}
