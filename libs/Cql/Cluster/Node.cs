using System.Net;
using StockAspire.Cql.Connections;

namespace StockAspire.Cql.Cluster;

/// <summary>
/// A node and this session's connections to it. Keeps as many open as it should, for as long as it lives: whenever one is lost it tries
/// again, first soon, then less and less often, until it is told that the node is up. Thread-safe.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstTry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CqlConnection[] _connections = [];
    private Task _keeping = Task.CompletedTask;

    public Node(IPEndPoint endpoint, string name, ConnectionSettings settings)
    {
        Endpoint = endpoint;
        Name = name;
        _settings = settings;
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>Of the contact point that it is, or its address: what its certificate must say.</summary>
    public string Name { get; }

    public NodeRecord Record { get; set; } = NodeRecord.Unknown;

    public bool IsUp => _connections.Length > 0;

    public Exception? LastError { get; private set; }

    /// <summary>Ends when the node was tried once, well or not.</summary>
    public Task FirstTry => _firstTry.Task;

    public void Start()
    {
        lock (_gate)
        {
            if (_keeping == Task.CompletedTask)
                _keeping = Task.Run(KeepAsync);
        }
    }

    /// <summary>It may be up: no use in waiting longer.</summary>
    public void Wake()
    {
        if (!IsUp)
            _wake.Release();
    }

    /// <summary>The connection with the least in flight, or null if there is none.</summary>
    public CqlConnection? Pick(bool allowSuspect)
    {
        var connections = _connections;
        if (connections.Length == 1)
            return connections[0] is var only && only.IsOpen && (allowSuspect || !only.IsSuspect) ? only : null;

        CqlConnection? best = null;
        var least = int.MaxValue;
        foreach (var connection in connections)
        {
            if (!connection.IsOpen || (!allowSuspect && connection.IsSuspect))
                continue;
            var count = connection.InFlightCount;
            if (count < least)
                (best, least) = (connection, count);
        }

        return best;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _keeping;
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        var attempt = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_connections.Length >= _settings.Options.ConnectionsPerHost)
                {
                    await _wake.WaitAsync(_stopping.Token);
                    continue;
                }

                var connection = await CqlConnection.OpenAsync(Endpoint, Name, _settings.Options.Keyspace, _settings, onEvent: null, _stopping.Token);
                Add(connection);
                attempt = 0;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (CqlException exception)
            {
                LastError = exception;
                var delay = Backoff.Delay(attempt++, _settings.Options.ReconnectDelayMin, _settings.Options.ReconnectDelayMax, Random.Shared.NextDouble());
                _settings.Logger.NodeUnreachable(Endpoint, (long)delay.TotalMilliseconds, exception);
                _firstTry.TrySetResult();
                await WaitAsync(delay);
            }
        }
    }

    private async Task WaitAsync(TimeSpan delay)
    {
        try
        {
            await _wake.WaitAsync(delay, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    private void Add(CqlConnection connection)
    {
        lock (_gate)
            _connections = [.. _connections, connection];
        LastError = null;
        _settings.Metrics.ConnectionOpened();
        _settings.Logger.ConnectionOpened(Endpoint);
        _firstTry.TrySetResult();
        _ = RemoveWhenClosedAsync(connection);
    }

    private async Task RemoveWhenClosedAsync(CqlConnection connection)
    {
        var reason = await connection.Closed;
        lock (_gate)
            _connections = [.. _connections.Where(other => other != connection)];
        LastError = reason;
        _settings.Metrics.ConnectionClosed();
        if (_stopping.IsCancellationRequested)
            return;

        _settings.Logger.ConnectionClosed(Endpoint, reason.Message);
        await connection.DisposeAsync();
        _wake.Release();
    }
}
