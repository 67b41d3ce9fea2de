using System.Net;
using System.Threading.Channels;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Cluster;

/// <summary>
/// Knows the cluster: over one connection of its own it reads who belongs to it and how keyspaces are replicated, and is told of changes.
/// When that connection is lost it takes another node, and when none answers it resolves the contact points again. Thread-safe.
/// </summary>
internal sealed class ClusterMonitor : IAsyncDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>One wish is as good as many.</summary>
    private readonly Channel<bool> _refreshes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _refreshing = new(1);
    private readonly Dictionary<IPEndPoint, Node> _nodes = [];
    private volatile Topology _topology = Topology.Empty;
    private CqlConnection? _control;
    private string? _localDatacenter;
    private Task _watching = Task.CompletedTask;
    private Task _gathering = Task.CompletedTask;

    public ClusterMonitor(ConnectionSettings settings)
    {
        _settings = settings;
        _localDatacenter = settings.Options.LocalDatacenter;
    }

    public event Action<CqlSchemaChange>? SchemaChanged;

    public Topology Topology => _topology;

    private CqlOptions Options => _settings.Options;

    /// <summary>Ends when the cluster is known and a node of the local datacenter takes requests.</summary>
    /// <exception cref="CqlNoHostException">No contact point answers, or no local node takes requests.</exception>
    /// <exception cref="CqlServerException">The credentials are wrong, or another refusal that trying again would not change.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        Dictionary<EndPoint, Exception> errors = [];
        foreach (var (endpoint, name) in await ContactPoints.ResolveAsync(Options.ContactPoints, errors, cancel))
        {
            if (await TryTakeControlAsync(endpoint, name, errors, cancel))
                break;
        }

        if (_control is null)
            throw Refusal(errors.Values) ?? new CqlNoHostException("No contact point answers.", errors);

        await AwaitNodesAsync(cancel);
        _settings.Logger.ClusterFound(_topology.Nodes.Length, _topology.Nodes.Select(node => node.Record.Datacenter).Distinct().Count(), _control.Endpoint, _topology.LocalDatacenter);
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        _gathering = Task.Run(GatherAsync, CancellationToken.None);
    }

    /// <summary>
    /// Whether all nodes of the local datacenter that are up have the same schema by the end of the wait. Each is asked itself: what others
    /// say of it is gossip, and late.
    /// </summary>
    public async Task<bool> AgreeOnSchemaAsync(CancellationToken cancel)
    {
        var start = _settings.Time.GetTimestamp();
        while (true)
        {
            if (await AgreeAsync(cancel))
                return true;
            if (_settings.Time.GetElapsedTime(start) >= Options.SchemaAgreementTimeout)
                return false;
            await Task.Delay(AgreementPoll, _settings.Time, cancel);
        }
    }

    /// <summary>Reads the cluster's state again, now.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        await _refreshing.WaitAsync(cancel);
        try
        {
            if (_control is { IsOpen: true } control)
                await RefreshAsync(control, cancel);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _refreshes.Writer.TryComplete();
        await _watching;
        await _gathering;
        if (_control is not null)
            await _control.DisposeAsync();
        await Task.WhenAll(_nodes.Values.Select(node => node.DisposeAsync().AsTask()));
        _stopping.Dispose();
    }

    private static readonly TimeSpan AgreementPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>For one node's answer: one that is frozen is soon suspected, and then not asked.</summary>
    private static readonly TimeSpan AgreementTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What no other node would answer differently.</summary>
    private static Exception? Refusal(IEnumerable<Exception> errors) => errors.FirstOrDefault(error =>
        error is CqlServerException { Code: CqlErrorCode.BadCredentials or CqlErrorCode.Invalid or CqlErrorCode.Unauthorized } or ArgumentException);

    private async Task<bool> TryTakeControlAsync(IPEndPoint endpoint, string name, Dictionary<EndPoint, Exception> errors, CancellationToken cancel)
    {
        CqlConnection? connection = null;
        try
        {
            // Not into the keyspace: whether it exists is for the nodes' connections to say.
            connection = await CqlConnection.OpenAsync(endpoint, name, keyspace: null, _settings, OnEvent, cancel);
            (await connection.SendAsync(
                new RegisterRequest([EventResponse.TopologyChange, EventResponse.StatusChange, EventResponse.SchemaChange]), default, Options.ConnectTimeout, cancel)).Dispose();
            await _refreshing.WaitAsync(cancel);
            try
            {
                if (!_nodes.ContainsKey(endpoint))
                    _nodes[endpoint] = new Node(endpoint, name, _settings);
                await RefreshAsync(connection, cancel);
            }
            finally
            {
                _refreshing.Release();
            }

            var last = Interlocked.Exchange(ref _control, connection);
            if (last is not null)
                await last.DisposeAsync();
            return true;
        }
        catch (Exception exception) when (exception is CqlException or ArgumentException)
        {
            errors[endpoint] = exception;
            if (connection is not null)
                await connection.DisposeAsync();
            return false;
        }
    }

    private async Task AwaitNodesAsync(CancellationToken cancel)
    {
        var local = _topology.Local;
        var first = local.Select(node => node.FirstTry).ToList();
        while (!local.Any(node => node.IsUp))
        {
            if (first.Count == 0)
            {
                var errors = local.Where(node => node.LastError is not null).ToDictionary(node => (EndPoint)node.Endpoint, node => node.LastError!);
                throw Refusal(errors.Values) ?? new CqlNoHostException($"No node of datacenter {_topology.LocalDatacenter} takes requests.", errors);
            }

            first.Remove(await Task.WhenAny(first).WaitAsync(cancel));
        }
    }

    private void OnEvent(EventResponse @event)
    {
        _settings.Logger.EventCame($"{@event.Type} {@event.Change} {@event.Node} {@event.Schema}");
        if (@event.Schema is { } schema)
            SchemaChanged?.Invoke(schema);
        if (@event is { Type: EventResponse.StatusChange, Change: EventResponse.Up })
            _topology.Nodes.FirstOrDefault(node => node.Endpoint.Equals(@event.Node))?.Wake();

        // Replication belongs to keyspaces; tables do not change where partitions are.
        if (@event.Schema is null or { Name.Length: 0 })
            _refreshes.Writer.TryWrite(true);
    }

    /// <summary>Events come in swarms: the state is read once for all that came in a while.</summary>
    private async Task GatherAsync()
    {
        try
        {
            while (await _refreshes.Reader.WaitToReadAsync(_stopping.Token))
            {
                await Task.Delay(Options.RefreshDelay, _settings.Time, _stopping.Token);
                _refreshes.Reader.TryRead(out _);
                try
                {
                    await RefreshAsync(_stopping.Token);
                }
                catch (CqlException exception)
                {
                    // The control connection has its own watch; whoever takes it over reads everything again.
                    _settings.Logger.RefreshFailed(exception.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                var reason = await _control!.Closed.WaitAsync(_stopping.Token);
                _settings.Logger.ControlLost(reason.Message);
                await RetakeControlAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task RetakeControlAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            Dictionary<EndPoint, Exception> errors = [];
            foreach (var node in _topology.Nodes.OrderByDescending(node => node.IsUp).ThenByDescending(node => _topology.Local.Contains(node)).ToList())
            {
                if (await TryTakeControlAsync(node.Endpoint, node.Name, errors, _stopping.Token))
                    return;
            }

            foreach (var (endpoint, name) in await ContactPoints.ResolveAsync(Options.ContactPoints, errors, _stopping.Token))
            {
                if (!errors.ContainsKey(endpoint) && await TryTakeControlAsync(endpoint, name, errors, _stopping.Token))
                    return;
            }

            var delay = Backoff.Delay(attempt, Options.ReconnectDelayMin, Options.ReconnectDelayMax, Random.Shared.NextDouble());
            _settings.Logger.ControlUnreachable((long)delay.TotalMilliseconds, string.Join("; ", errors.Select(error => $"{error.Key}: {error.Value.Message}")));
            await Task.Delay(delay, _settings.Time, _stopping.Token);
        }
    }

    private async Task RefreshAsync(CqlConnection control, CancellationToken cancel)
    {
        var local = await SystemTables.ReadLocalAsync(control, Options.AttemptTimeout, cancel);
        var peers = await SystemTables.ReadPeersAsync(control, Options.AttemptTimeout, cancel);
        var keyspaces = await SystemTables.ReadKeyspacesAsync(control, Options.AttemptTimeout, cancel);
        peers.Insert(0, (control.Endpoint, local));
        _localDatacenter ??= local.Datacenter;
        if (peers.All(peer => peer.Record.Datacenter != _localDatacenter))
        {
            var message = $"{nameof(CqlOptions.LocalDatacenter)} is {_localDatacenter}, expected one of {string.Join(", ", peers.Select(peer => peer.Record.Datacenter).Distinct())}.";

            // At first it is a setting's mistake. Later the datacenter is gone: what was known of it is kept, until it returns.
            throw _topology == Topology.Empty ? new ArgumentException(message) : new CqlNoHostException(message, new Dictionary<EndPoint, Exception>());
        }

        List<Node> nodes = [];
        foreach (var (endpoint, record) in peers)
        {
            // A node keeps the address under which it was reached, however others call it.
            var node = _nodes.GetValueOrDefault(endpoint) ?? _nodes.Values.FirstOrDefault(known => known.Record.HostId == record.HostId && known.IsUp);
            if (node is null)
                _nodes[endpoint] = node = new Node(endpoint, endpoint.Address.ToString(), _settings);
            node.Record = record;
            if (!nodes.Contains(node))
                nodes.Add(node);
        }

        _topology = new Topology(nodes, _localDatacenter, keyspaces);
        foreach (var node in _topology.Local)
            node.Start();
        foreach (var gone in _nodes.Values.Except(nodes).ToList())
        {
            _nodes.Remove(gone.Endpoint);
            await gone.DisposeAsync();
        }
    }

    private async Task<bool> AgreeAsync(CancellationToken cancel)
    {
        try
        {
            var connections = _topology.Local.Select(node => node.Pick(allowSuspect: false)).OfType<CqlConnection>();
            var records = await Task.WhenAll(connections.Select(connection => SystemTables.ReadLocalAsync(connection, AgreementTimeout, cancel)));
            return records.Length > 0 && records.All(record => record.SchemaVersion == records[0].SchemaVersion);
        }
        catch (CqlException)
        {
            return false;
        }
    }
}
