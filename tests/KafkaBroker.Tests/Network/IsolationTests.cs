using System.Net;
using System.Net.Sockets;
using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Network;

/// <summary>Clients that ask and do not read, ask for too much, or hold what they do not use: bounded memory, and no harm to others.</summary>
public sealed class IsolationTests
{
    private const string Header = "00000007 0001 78";
    private const string ApiVersions = "0012 0000" + Header;
    private const int Limit = 16 << 20;

    /// <summary>All of topic t, 12 MiB and more, at once.</summary>
    private const string FetchAll = "0001 0004" + Header + "ffffffff 00000000 00000001 03000000 00 00000001 0001 74 00000001 00000000 0000000000000000 03000000";

    [Fact]
    public async Task Fetch_answers_that_nobody_reads_cost_bounded_memory_and_end_after_the_transfer_timeout()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => (o.MaxInFlightBytes, o.TransferTimeout) = (Limit, TimeSpan.FromSeconds(2)));
        using var good = await RawClient.ConnectAsync(broker.Server.Port);
        await FillTopicAsync(good, batches: 12);
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                silent.Add(await ConnectSilentAsync(broker.Server.Port));
                await silent[i].SendAsync(RawClient.Frame(FetchAll), TestContext.Current.CancellationToken);
            }

            await Eventually.TrueAsync(() => broker.Server.InFlightSize == Limit);
            Assert.Equal(Limit, broker.Server.InFlightSize);
            Assert.StartsWith("000000070000", await good.AskAsync(ApiVersions), StringComparison.Ordinal); // small answers need no turn

            // One after the other takes the memory and is cut, or has waited for its turn in vain.
            await Eventually.TrueAsync(() => broker.Server.InFlightSize == 0);
            Assert.Contains(silent, IsClosed);
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }

        Assert.True((await good.AskAsync(FetchAll)).Length > 2 * (12 << 20));
        await Eventually.TrueAsync(() => broker.Server.InFlightSize == 0);
    }

    [Fact]
    public async Task Requests_whose_answers_are_never_read_end_after_the_transfer_timeout()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.TransferTimeout = TimeSpan.FromSeconds(1));
        using var silent = await ConnectSilentAsync(broker.Server.Port);
        var frames = string.Concat(Enumerable.Repeat(Convert.ToHexString(RawClient.Frame(ApiVersions)), 1000));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (!limit.IsCancellationRequested)
            {
                await silent.SendAsync(Convert.FromHexString(frames), limit.Token);
            }
        });
    }

    [Fact]
    public async Task Large_requests_that_hold_a_part_each_do_not_wait_for_one_another()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => (o.MaxInFlightBytes, o.MaxRequestSize) = (Limit, 16 << 20));
        using var maker = await RawClient.ConnectAsync(broker.Server.Port);
        await maker.AskAsync("0003 0004" + Header + "00000001 0001 74 01");

        // Four requests of 12 MiB: the sum is three times the limit, and parts of 8 MiB fill it.
        var request = RawClient.Frame("0000 0003" + Header + "ffff 0001 00001388 00000001 0001 74 00000001 00000000 00c00000" + new string('0', 2 * (12 << 20)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var client = await RawClient.ConnectAsync(broker.Server.Port);
            await client.SendBytesAsync(request);
            Assert.StartsWith("00000007", await client.ReceiveAsync(), StringComparison.Ordinal);
        }));
        await Eventually.TrueAsync(() => broker.Server.InFlightSize == 0);
    }

    [Fact]
    public async Task Answer_that_would_be_far_larger_than_its_request_ends_its_connection_alone()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => (o.MaxInFlightBytes, o.DefaultPartitions) = (Limit, 100));
        using var good = await RawClient.ConnectAsync(broker.Server.Port);
        await good.AskAsync("0003 0004" + Header + "00000001 0001 74 01");
        using var bad = await RawClient.ConnectAsync(broker.Server.Port);
        await bad.SendAsync("0003 0004" + Header + "000186a0" + string.Concat(Enumerable.Repeat("000174", 100_000)) + "00"); // the same topic 100,000 times
        Assert.Null(await bad.ReceiveAsync());
        await good.AskAsync(ApiVersions);
        await Eventually.TrueAsync(() => broker.Server.InFlightSize == 0);
    }

    [Fact]
    public async Task Arrays_within_arrays_are_counted_together()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        var topic = "0000 00010000" + new string('0', 65_536 * 8); // a topic without name, 65,536 partitions
        await client.SendAsync("0009 0001" + Header + "0001 67 00000014" + string.Concat(Enumerable.Repeat(topic, 20)));
        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Connection_without_requests_is_closed_after_the_idle_timeout()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.ConnectionIdleTimeout = TimeSpan.FromMilliseconds(300));
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.AskAsync(ApiVersions);
        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Request_that_waits_longer_than_the_idle_timeout_is_answered()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.ConnectionIdleTimeout = TimeSpan.FromMilliseconds(100));
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.SendAsync("0003 0004" + Header + "00000001 0001 74 01");
        await client.ReceiveAsync();
        await client.SendAsync("0001 0004" + Header + "ffffffff 000003e8 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000000 00100000");
        Assert.StartsWith("00000007", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frame_of_which_not_even_the_size_arrives_is_given_up_after_the_transfer_timeout()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.TransferTimeout = TimeSpan.FromMilliseconds(200));
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.SendBytesAsync([0, 0]);
        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Connections_of_one_address_are_limited_apart_from_those_of_another()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.MaxConnectionsPerAddress = 2);
        using var first = await RawClient.ConnectAsync(broker.Server.Port);
        using var second = await RawClient.ConnectAsync(broker.Server.Port);
        await first.AskAsync(ApiVersions);
        await second.AskAsync(ApiVersions);
        using (var third = await RawClient.ConnectAsync(broker.Server.Port))
        {
            Assert.Null(await third.ReceiveAsync());
        }

        if (OperatingSystem.IsLinux())
        {
            using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await other.ConnectAsync(IPAddress.Loopback, broker.Server.Port, TestContext.Current.CancellationToken);
            await other.SendAsync(RawClient.Frame(ApiVersions), TestContext.Current.CancellationToken);
            Assert.True(await other.ReceiveAsync(new byte[8], TestContext.Current.CancellationToken) > 0);
        }

        // A place that is given back is free again.
        second.Dispose();
        await Eventually.TrueAsync(() => CanAsk(broker.Server.Port));
    }

    private static bool CanAsk(int port)
    {
        using var client = new TcpClient("127.0.0.1", port);
        try
        {
            client.GetStream().Write(RawClient.Frame(ApiVersions));
            return client.GetStream().ReadByte() >= 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectSilentAsync(int port)
    {
        // A small window, so that the system does not take the answer in the client's place.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Whether the broker has cut the connection.</summary>
    private static bool IsClosed(Socket socket)
    {
        try
        {
            _ = socket.Send([0]);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Makes topic t of batches of 1 MiB each, one record with a value of zeros in each.</summary>
    private static async Task FillTopicAsync(RawClient client, int batches)
    {
        await client.AskAsync("0013 0002" + Header + "00000001 0001 74 00000001 0001 00000000 00000001 0011 6d61782e6d6573736167652e6279746573 0007 32303937313532 00001388 00");
        for (var i = 0; i < batches; i++)
        {
            var batch = TestBatch.Create((null, new string('0', 1 << 20)));
            var answer = await client.AskAsync("0000 0003" + Header + $"ffff ffff 00001388 00000001 0001 74 00000001 00000000 {batch.Length:x8}" + Convert.ToHexString(batch));
            Assert.StartsWith("00000007 00000001 0001 74 00000001 00000000 0000".Replace(" ", "", StringComparison.Ordinal), answer, StringComparison.Ordinal);
        }
    }
}
