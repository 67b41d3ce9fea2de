using System.Buffers.Binary;

namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>Clients that send nonsense: each costs its own connection at most.</summary>
public sealed class HostileClientTests
{
    /// <summary>Real frames of all kinds, without their size.</summary>
    private static readonly string[] Frames =
    [
        "0012 0000 00000007 0001 78",
        "0012 0003 00000007 0001 78 00 02 61 02 62 00",
        "0003 0004 00000007 0001 78 00000001 0001 74 00",
        "0003 000c 00000007 0001 78 00 02 00000000000000000000000000000000 02 74 00 01 00 00",
        "0000 0003 00000007 0001 78 ffff ffff 00001388 00000001 0001 74 00000001 00000000 0000004a" +
            "0000000000000000 0000003e ffffffff 02 9cc94b96 0000 00000000 000001a206cb94f7 000001a206cb94f7 ffffffffffffffff ffff ffffffff 00000001 18 00 00 00 026b 0276 02 0268 0231",
        "0001 0004 00000007 0001 78 ffffffff 00000000 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000000 00100000",
        "0002 0001 00000007 0001 78 ffffffff 00000001 0001 74 00000001 00000000 0000000000000001",
        "000a 0004 00000007 0001 78 00 00 02 02 67 00",
        "000b 0004 00000007 0001 78 0001 67 00002710 00002710 0000 0008 636f6e73756d6572 00000001 0005 72616e6765 00000000",
        "000e 0003 00000007 0001 78 0001 67 00000000 0001 7a ffff 00000000",
        "0008 0002 00000007 0001 78 0001 67 ffffffff 0000 ffffffffffffffff 00000001 0001 74 00000001 00000000 000000000000002a 0001 6d",
        "0009 0008 00000007 0001 78 00 02 02 67 00 00 00 00",
        "0013 0002 00000007 0001 78 00000001 0001 7a 00000001 0001 00000000 00000000 00001388 00",
        "0020 0001 00000007 0001 78 00000001 02 0001 74 ffffffff 00",
        "002c 0001 00000007 0001 78 00 02 02 02 74 02 02 61 00 02 62 00 00 00 00",
        "003c 0000 00000007 0001 78 00 00 00",
    ];

    [Fact]
    public async Task The_frames_are_real_each_is_answered_before_it_is_mutated()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        foreach (var frame in Frames)
        {
            Assert.StartsWith("00000007", await client.AskAsync(frame), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Mutated_frames_end_their_connection_at_most_and_a_good_client_goes_on()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("STOCKASPIRE_SEED"), out var given) ? given : Environment.TickCount;
        var random = new Random(seed);
        await using var broker = await EmbeddedBroker.StartAsync(o => (o.MaxTopics, o.MaxPartitions) = (50, 200));
        using var good = await RawClient.ConnectAsync(broker.Server.Port);
        for (var round = 0; round < 400; round++)
        {
            using (var bad = await RawClient.ConnectAsync(broker.Server.Port))
            {
                for (var i = 0; i < 5; i++)
                {
                    await SendIgnoringEndAsync(bad, Mutate(random));
                }
            }

            Assert.True(
                (await good.AskAsync("00120000 00000007 000178")).StartsWith("000000070000", StringComparison.Ordinal),
                $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("ffffffff")] // -1
    [InlineData("80000000")]
    [InlineData("7fffffff")]
    [InlineData("06400001")] // 100 MiB + 1
    [InlineData("00000000")]
    public async Task Frame_size_that_is_not_allowed_ends_the_connection(string size)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.SendBytesAsync(Convert.FromHexString(size));
        Assert.Null(await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("0003 0004 00000007 0001 78 7fffffff")]           // two thousand million topics
    [InlineData("0003 0004 00000007 0001 78 80000000")]           // a negative number of them
    [InlineData("0003 0004 00000007 0001 78 00000001 7fff")]      // a name beyond the frame
    [InlineData("0003 0004 00000007 0001 78 00000001 0002 c328 00")] // not UTF-8
    [InlineData("0003 0004 00000007 0001 78 00000001 ffff 00")]   // no name
    [InlineData("0003 000c 00000007 0001 78 ff ff ff ff ff ff")]  // a varint without end
    [InlineData("0003 000c 00000007 0001 78 01 01 ff ff ff ff 0f")] // a tagged field of 4 GiB
    [InlineData("0003")]                                          // no header
    public async Task Field_that_lies_about_its_size_ends_the_connection(string frame)
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.SendAsync(frame);
        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Half_a_frame_is_given_up_after_the_transfer_timeout()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.TransferTimeout = TimeSpan.FromMilliseconds(200));
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.SendBytesAsync([0, 1, 0, 0, 1, 2, 3]);
        Assert.Null(await client.ReceiveAsync());
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_the_others_stay()
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.MaxConnections = 2);
        using var first = await RawClient.ConnectAsync(broker.Server.Port);
        using var second = await RawClient.ConnectAsync(broker.Server.Port);
        await first.AskAsync("00120000 00000007 000178");
        await second.AskAsync("00120000 00000007 000178");
        using var third = await RawClient.ConnectAsync(broker.Server.Port);
        Assert.Null(await third.ReceiveAsync());
        await first.AskAsync("00120000 00000007 000178");
    }

    private static byte[] Mutate(Random random)
    {
        var body = Convert.FromHexString(Frames[random.Next(Frames.Length)].Replace(" ", "", StringComparison.Ordinal));
        for (var flips = random.Next(1, 4); flips > 0; flips--)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        var size = random.Next(10) == 0 ? random.Next() : body.Length;
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, size);
        body.CopyTo(frame, 4);
        return random.Next(10) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }

    private static async Task SendIgnoringEndAsync(RawClient client, byte[] frame)
    {
        try
        {
            await client.SendBytesAsync(frame);
        }
        catch (IOException)
        {
            // The broker has closed the connection on an earlier frame, as it should.
        }
    }
}
