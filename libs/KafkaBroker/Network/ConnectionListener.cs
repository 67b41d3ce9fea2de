using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Apis;

namespace StockAspire.KafkaBroker.Network;

/// <summary>Listens, and runs one <see cref="ClientConnection"/> per client, up to the limit.</summary>
internal sealed class ConnectionListener(KafkaBrokerOptions options, ApiCatalog apis, BrokerMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, byte> connections = new();
    private readonly MemoryBudget budget = new(options.MaxInFlightBytes);
    private Socket? listener;
    private Task accepting = Task.CompletedTask;

    public int Port { get; private set; }

    /// <exception cref="BrokerStartException">The port is taken, or the address is not one of this machine.</exception>
    public void Start()
    {
        try
        {
            var address = IPAddress.TryParse(options.Host, out var literal) ? literal : Dns.GetHostAddresses(options.Host, AddressFamily.InterNetwork)[0];
            listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, options.Port));
            listener.Listen(512);
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? BrokerStartException.PortTaken(options.Host, options.Port, e)
                : BrokerStartException.CannotListen(options.Host, options.Port, e);
        }

        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Stops listening and ends all connections; requests that wait are given up, appends that have begun are finished.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        listener?.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(connections.Keys).ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Accept(await listener!.AcceptAsync(stopping.Token).ConfigureAwait(false));
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
                BrokerLog.AcceptFailed(logger, e);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Accept(Socket socket)
    {
        var remote = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
        if (connections.Count >= options.MaxConnections)
        {
            BrokerLog.ConnectionRefused(logger, remote, options.MaxConnections);
            socket.Dispose();
            return;
        }

        var identity = new ClientIdentity(remote, AdvertisedHost(socket), Port);
        var connection = new ClientConnection(socket, identity, apis, options, budget, metrics, logger);
        var running = Task.Run(() => connection.RunAsync(stopping.Token));
        connections[running] = 0;
        _ = running.ContinueWith(t => connections.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>The configured address; for a wildcard the one at which this client found the broker.</summary>
    private string AdvertisedHost(Socket socket) =>
        IPAddress.TryParse(options.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) && socket.LocalEndPoint is IPEndPoint local
            ? local.Address.ToString()
            : options.Host;
}
