using System.Net;
using System.Net.Sockets;

namespace StockAspire.Tests;

/// <summary>
/// Ports of 127.0.0.1 that nothing listens on. They lie below those that the system gives to outgoing connections, so that none of these
/// takes one while its server is away, and below those that the scripts of real engines choose.
/// </summary>
internal static class FreePorts
{
    private const int First = 10_000;
    private const int Count = 5_000;

    /// <summary>Test processes begin far from each other.</summary>
    private static int _last = Environment.ProcessId * 97 % Count;

    public static int Take()
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var port = First + (Interlocked.Increment(ref _last) % Count);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }

        throw new InvalidOperationException($"No port of 127.0.0.1 is free from {First} to {First + Count - 1}.");
    }

    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Take())];
}
