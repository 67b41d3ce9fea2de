using System.Net;
using System.Net.Sockets;

namespace StockAspire.Engines;

/// <summary>
/// Addresses in a row that are this cluster's alone until it is disposed, for nodes that all listen on one port. A listener holds each:
/// other clusters, of other processes too, find it taken, and the end of the process frees it however it ends.
/// </summary>
public sealed class LoopbackAddresses : IDisposable
{
    /// <summary>Of 127.0.0.x; the first nine are for certificates that name them, and for clients.</summary>
    private const int NumberMin = 10;
    private const int NumberMax = 254;

    /// <summary>Stands for the address; no engine listens there, since their scripts choose ports from 15000 on.</summary>
    private const int HeldPort = 9041;

    private readonly List<TcpListener> _listeners = [];

    private LoopbackAddresses()
    {
    }

    public IPAddress First => ((IPEndPoint)_listeners[0].LocalEndpoint).Address;

    public static LoopbackAddresses Hold(int count, int numberMin = NumberMin, int numberMax = NumberMax)
    {
        for (var number = numberMin; number + count - 1 <= numberMax; number += count)
        {
            var addresses = new LoopbackAddresses();
            if (addresses.TryHold(number, count))
            {
                return addresses;
            }

            addresses.Dispose();
        }

        throw new InvalidOperationException($"No {count} addresses in a row are free from 127.0.0.{numberMin} to 127.0.0.{numberMax}: other clusters hold them.");
    }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private bool TryHold(int number, int count)
    {
        try
        {
            for (var i = 0; i < count; i++)
            {
                _listeners.Add(new TcpListener(new IPAddress([127, 0, 0, (byte)(number + i)]), HeldPort));
                _listeners[i].Start();
            }

            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
