using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>Clients that break the rules of the connection itself: each costs bounded memory and its own connection.</summary>
[Collection(nameof(HostileCollection))]
public sealed class HostileSocketTests
{
    private const int MaxConnections = 300;
    private const int AttackerCount = 16;
    private const int FramesAtOnce = 20;

    private static readonly int FrameCount = TestRun.IsLong ? 200_000 : 20_000;

    /// <summary>Record 1.0 of a TLS ClientHello, without extensions.</summary>
    private static readonly byte[] TlsHello = [0x16, 0x03, 0x01, 0x00, 0x2f, 0x01, 0x00, 0x00, 0x2b, 0x03, 0x03, .. new byte[32], 0x00, 0x00, 0x04, 0x13, 0x01, 0x13, 0x02, 0x01, 0x00];

    [Fact]
    public async Task Clients_that_break_the_rules_disturb_nobody_and_leave_nothing_behind()
    {
        var seed = TestRun.Seed;
        await using var broker = await HostileBroker.StartAsync(o => (o.MaxConnections, o.TransferTimeout) = (MaxConnections, TimeSpan.FromSeconds(2)));
        var port = broker.Server.Port;
        var start = Stopwatch.GetTimestamp();
        broker.MeasureMemory();
        Task<int>[] attacks = [.. Enumerable.Range(0, AttackerCount).Select(i => Task.Run(() => AttackAsync(broker, port, unchecked((seed * 31) + i))))];
        var connections = (await Task.WhenAll(attacks)).Sum();

        // All places are free again, those of clients that left while their requests waited too.
        await Eventually.TrueAsync("the places of clients that are gone", () => CanConnectAsync(port, MaxConnections - 1));
        await Eventually.BecomesAsync("the memory of clients that are gone", () => broker.Server.InFlightSize, size => size == 0);
        var measured = await broker.CheckAsync();
        TestContext.Current.SendDiagnosticMessage($"STOCKASPIRE_SEED={seed}: {FrameCount} frames over {connections} connections in {Stopwatch.GetElapsedTime(start).TotalSeconds:f0} s; {measured}");
    }

    private static async Task<int> AttackAsync(HostileBroker broker, int port, int seed)
    {
        var random = new Random(seed);
        var mutator = new FrameMutator(seed);
        var connections = 0;
        for (var sent = 0; sent < FrameCount / AttackerCount; connections++)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = 20_000, LingerState = new LingerOption(random.Next(2) == 0, 0) };
                await socket.ConnectAsync(IPAddress.Loopback, port);
                sent += await MisbehaveAsync(socket, random, mutator);
            }
            catch (SocketException)
            {
                // The broker has closed the connection, as it should.
                sent++;
            }

            broker.Watch();
        }

        return connections;
    }

    /// <summary>Does one thing that no client should, and returns how many frames that took.</summary>
    private static async Task<int> MisbehaveAsync(Socket socket, Random random, FrameMutator mutator)
    {
        switch (random.Next(12))
        {
            case 0: // nothing at all
                return 1;
            case 1: // a size that is a lie
                byte[][] sizes = [[0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0x06, 0x40, 0, 0], [0, 0, 0, 0]];
                await socket.SendAsync(sizes[random.Next(sizes.Length)]);
                await socket.SendAsync(new byte[random.Next(100_000)]);
                return 1;
            case 2: // another protocol
                await socket.SendAsync(random.Next(2) == 0 ? TlsHello : Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                await socket.ReceiveAsync(new byte[100]);
                return 1;
            case 3: // a frame that ends in its middle
                var frame = HostileCorpus.Sized(mutator.Next());
                await socket.SendAsync(frame.AsMemory(0, random.Next(frame.Length)));
                return 1;
            case 4: // one byte after the other
                foreach (var piece in HostileCorpus.Sized(mutator.Next()).Take(200))
                {
                    await socket.SendAsync(new[] { piece });
                }

                return 1;
            case 5: // large answers that nobody reads
                for (var i = 0; i < FramesAtOnce; i++)
                {
                    await socket.SendAsync(HostileCorpus.Sized(HostileCorpus.Fetch("precious", 0, 1)));
                }

                return FramesAtOnce;
            case 6: // a long poll whose client leaves
                await socket.SendAsync(HostileCorpus.Sized(HostileCorpus.Fetch("precious", int.MaxValue, int.MaxValue)));
                return 1;
            default: // frames that are nearly real, answers unread or read
                for (var i = 0; i < FramesAtOnce; i++)
                {
                    await socket.SendAsync(HostileCorpus.Sized(mutator.Next()));
                    if (socket.Available > 0)
                    {
                        await socket.ReceiveAsync(new byte[64 * 1024]);
                    }
                }

                return FramesAtOnce;
        }
    }

    private static async Task<bool> CanConnectAsync(int port, int count)
    {
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                clients.Add(await RawClient.ConnectAsync(port));
                await clients[^1].AskAsync("0012 0000 00000007 0001 78");
            }

            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }
}
