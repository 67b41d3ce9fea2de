namespace StockAspire.Contract.Tests.Kafka;

/// <summary>Frames, headers, and requests that no broker knows.</summary>
public abstract partial class KafkaContract
{
    [Theory]
    [InlineData(999, 0)]  // no API
    [InlineData(-1, 0)]
    [InlineData(3, 127)]  // Metadata of the future
    [InlineData(3, -1)]
    [InlineData(1, 3)]    // Fetch of the past
    public async Task A_request_that_is_not_served_ends_the_connection_alone(short api, short version)
    {
        using var good = await ConnectAsync();
        using var client = await ConnectAsync();
        await client.SendAsync(Wire.Header(api, version));
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(0, new WireAnswer(await good.AskAsync(Wire.Header(18, 0))).I16());
    }

    [Theory]
    [InlineData("ffffffff")] // a negative size
    [InlineData("80000000")]
    [InlineData("7fffffff")] // beyond socket.request.max.bytes
    [InlineData("00000000")] // no header
    [InlineData("00000004 00120000")] // half a header
    [InlineData("0000000a 00120000 00000007 7fff")] // a client id beyond the frame
    [InlineData("00000011 0003 0004 00000007 0001 78 7fffffff 00 00")] // two thousand million topics
    [InlineData("00000012 0003 0004 00000007 0001 78 00000001 ffff 00")] // no name
    public async Task A_frame_that_is_none_ends_the_connection_alone(string bytes)
    {
        using var good = await ConnectAsync();
        using var client = await ConnectAsync();
        await client.SendBytesAsync(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(0, new WireAnswer(await good.AskAsync(Wire.Header(18, 0))).I16());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(127)]
    public async Task ApiVersions_of_the_future_is_answered_in_version_0_with_the_versions_that_are_served(short version)
    {
        using var client = await ConnectAsync();
        var answer = new WireAnswer(await client.AskAsync(Wire.I16(18) + Wire.I16(version) + "00000007 0001 78 00 02 61 02 62 00"));
        Assert.Equal(35, answer.I16());
        Assert.Contains(((short)18, (short)0, (short)4), answer.Array(() => (answer.I16(), answer.I16(), answer.I16())));
        Assert.True(answer.AtEnd);
        Assert.Equal(0, new WireAnswer(await client.AskAsync(Wire.Header(18, 0))).I16());
    }

    [Theory]
    [InlineData("00 02 61 02 62 00", 0)]                 // name a, version b
    [InlineData("00 04 612d62 06 312e322e33 00", 0)]     // a-b, 1.2.3
    [InlineData("00 01 02 62 00", 42)]                   // no name
    [InlineData("00 02 61 01 00", 42)]                   // no version
    [InlineData("00 03 2d61 02 62 00", 42)]              // -a
    [InlineData("00 04 612062 02 62 00", 42)]            // a b
    public async Task ApiVersions_wants_a_client_to_name_itself_properly(string rest, short error)
    {
        using var client = await ConnectAsync();
        Assert.Equal(error, new WireAnswer(await client.AskAsync("0012 0003 00000007 0001 78" + rest)).I16());
        Assert.Equal(0, new WireAnswer(await client.AskAsync(Wire.Header(18, 0))).I16());
    }

    [Fact]
    public async Task A_client_needs_no_id()
    {
        using var client = await ConnectAsync();
        Assert.Equal(0, new WireAnswer(await client.AskAsync("0012 0000 00000007 ffff")).I16());
        Assert.Equal(0, new WireAnswer(await client.AskAsync("0012 0000 00000007 0000")).I16());
    }

    [Fact]
    public async Task Metadata_tells_of_topics_without_making_them_unless_asked_to()
    {
        using var client = await ConnectAsync();
        await CreateAsync(2);
        Assert.Equal([((short)0, 2)], await TopicsAsync(Wire.Array(Wire.String(_topic)), mayCreate: false));
        Assert.Equal([((short)UnknownTopicOrPartition, 0)], await TopicsAsync(Wire.Array(Wire.String(_topic + "-new")), mayCreate: false));
        Assert.Equal([((short)17, 0)], await TopicsAsync(Wire.Array(Wire.String("a b")), mayCreate: true));
        Assert.Empty(await TopicsAsync(Wire.Array(), mayCreate: true));
        Assert.NotEmpty(await TopicsAsync(Wire.I32(-1), mayCreate: false));
        await TopicsAsync(Wire.Array(Wire.String(_topic + "-new")), mayCreate: true);
        await Eventually.TrueAsync("the new topic", async () => (await TopicsAsync(Wire.Array(Wire.String(_topic + "-new")), mayCreate: false))[0].Error == 0);

        async Task<(short Error, int Partitions)[]> TopicsAsync(string topics, bool mayCreate)
        {
            var answer = new WireAnswer(await client.AskAsync(Wire.Header(3, 7) + topics + Wire.I8(mayCreate ? (sbyte)1 : (sbyte)0)));
            answer.I32(); // throttle
            Assert.Single(answer.Array(() => (answer.I32(), answer.String(), answer.I32(), answer.String()))); // brokers
            Assert.NotNull(answer.String()); // cluster id
            answer.I32(); // controller
            return answer.Array(() =>
            {
                var error = answer.I16();
                answer.String();
                answer.I8(); // internal
                return (error, answer.Array(() => (answer.I16(), answer.I32(), answer.I32(), answer.I32(), Ints(), Ints(), Ints())).Length);
            });

            int Ints() => answer.Array(answer.I32).Length;
        }
    }
}
