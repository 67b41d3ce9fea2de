using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker.Network;

/// <summary>Listens, and runs one <see cref="ClientConnection"/> per client, up to the limit.</summary>
internal sealed class ConnectionListener(KafkaBrokerOptions options, ConnectionServices services) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly ConnectionCounts _counts = new(options.MaxConnections, options.MaxConnectionsPerAddress);
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    public int Port { get; private set; }

    public bool IsAccepting => _listener is not null && !_accepting.IsCompleted;

    /// <exception cref="BrokerStartException">The port is taken, or the address is not one of this machine.</exception>
    public void Start()
    {
        try
        {
            var address = IPAddress.TryParse(options.Host, out var literal) ? literal : Dns.GetHostAddresses(options.Host, AddressFamily.InterNetwork)[0];
            _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(address, options.Port));
            _listener.Listen(512);
        }
        catch (SocketException e)
        {
            _listener?.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? BrokerStartException.PortTaken(options.Host, options.Port, e)
                : BrokerStartException.CannotListen(options.Host, options.Port, e);
        }

        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Stops listening and ends all connections; requests that wait are given up, appends that have begun are finished.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Accept(await _listener!.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or the client gave up while it waited: others still come, after a breath.
                BrokerLog.AcceptFailed(services.Logger, e);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Accept(Socket socket)
    {
        var remote = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!_counts.TryAdd(remote, out var refusal))
        {
            // As in Kafka, the client sees the connection closed before any answer; it tries again after its back-off.
            services.Refused(remote.ToString(), refusal);
            socket.Dispose();
            return;
        }

        var sasl = services.Security.Users is { } users ? new SaslSession(users, options.FailedAuthenticationDelay) : null;
        var identity = new ClientIdentity(remote.ToString(), AdvertisedHost(socket), options.AdvertisedPort > 0 ? options.AdvertisedPort : Port, sasl);
        var running = Task.Run(() => RunAsync(new ClientConnection(socket, identity, services), remote));
        _connections[running] = 0;
        _ = running.ContinueWith(t => _connections.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(ClientConnection connection, IPAddress remote)
    {
        try
        {
            await connection.RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            _counts.Remove(remote);
        }
    }

    /// <summary>What is configured; for a wildcard the address at which this client found the broker.</summary>
    private string AdvertisedHost(Socket socket) =>
        options.AdvertisedHost is { } host ? host
        : IPAddress.TryParse(options.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) && socket.LocalEndPoint is IPEndPoint local
            ? local.Address.ToString()
            : options.Host;
}
