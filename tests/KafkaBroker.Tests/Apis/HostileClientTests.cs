namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>Clients that send nonsense: each costs its own connection at most.</summary>
public sealed class HostileClientTests
{
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

    [Theory]
    [InlineData(10, "0000")]
    [InlineData(11, "002c")]
    [InlineData(int.MaxValue - 1, "002c")]
    [InlineData(int.MaxValue, "002c")]
    public async Task Partitions_beyond_the_limit_are_refused_however_many_are_asked_for(int count, string error)
    {
        await using var broker = await EmbeddedBroker.StartAsync(o => o.MaxPartitions = 10);
        using var client = await RawClient.ConnectAsync(broker.Server.Port);
        await client.AskAsync("0003 0004 00000007 0001 78 00000001 0001 74 01");
        var answer = await client.AskAsync($"0025 0000 00000007 0001 78 00000001 0001 74 {count:x8} ffffffff 00001388 00");
        Assert.Equal(error, answer.Substring(30, 4));
    }
}
