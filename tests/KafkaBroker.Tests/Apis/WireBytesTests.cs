using System.Globalization;

namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>Requests and answers byte by byte, written down from the protocol guide; the answer begins with the correlation id.</summary>
public sealed class WireBytesTests : IAsyncLifetime
{
    private const string Correlation = "00000007";
    private const string Client = Correlation + "0001 78"; // client id "x"
    private const string FlexibleClient = Client + "00"; // and no tagged fields

    /// <summary>One record k=v with header h=1, as librdkafka sent it; offset and epoch go before, the rest stays.</summary>
    private const string BatchRest =
        "02 9cc94b96 0000 00000000 000001a206cb94f7 000001a206cb94f7 ffffffffffffffff ffff ffffffff 00000001 18 00 00 00 026b 0276 02 0268 0231";

    private const string Batch = "0000000000000000 0000003e ffffffff" + BatchRest;

    private EmbeddedBroker _broker = null!;
    private RawClient _client = null!;

    private string Port => _broker.Server.Port.ToString("x8", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        _client = await RawClient.ConnectAsync(_broker.Server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task ApiVersions_lists_each_api_with_its_versions()
    {
        var answer = await _client.AskAsync("0012 0000" + Client);
        Assert.StartsWith(Bytes(Correlation + "0000 0000001e 0000 0000 000a 0001 0004 0010 0002 0001 0007 0003 0000 000d"), answer, StringComparison.Ordinal);
        Assert.Equal((4 + 2 + 4 + 30 * 6) * 2, answer.Length);
    }

    [Fact]
    public async Task ApiVersions_flexible_has_the_old_header_and_compact_content()
    {
        var answer = await _client.AskAsync("0012 0003" + FlexibleClient + "02 61 02 62 00");
        Assert.StartsWith(Bytes(Correlation + "0000 1f 0000 0000 000a 00"), answer, StringComparison.Ordinal);
        Assert.EndsWith("0000000000", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiVersions_of_the_future_is_answered_in_version_0_with_error_35()
    {
        var answer = await _client.AskAsync("0012 0063" + FlexibleClient + "02 61 02 62 00");
        Assert.StartsWith(Bytes(Correlation + "0023 0000001e 0000 0000 000a"), answer, StringComparison.Ordinal);
        Assert.StartsWith(Bytes(Correlation + "0000"), await _client.AskAsync("0012 0000" + Client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0003 007f")] // Metadata 127
    [InlineData("0001 0003")] // Fetch 3
    [InlineData("001a 0000")] // EndTxn
    [InlineData("7fff 0000")]
    public async Task Api_or_version_that_is_not_served_ends_the_connection(string apiAndVersion)
    {
        await _client.SendAsync(apiAndVersion + Client);
        Assert.Null(await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Metadata_4_of_an_unknown_topic_that_must_not_be_made() => Assert.Equal(
        Bytes(Correlation
            + "00000000"                                            // throttle
            + "00000001 00000001 0009 3132372e302e302e31" + Port + "ffff" // broker 1, 127.0.0.1, no rack
            + "0016" + ClusterId()
            + "00000001"                                            // controller
            + "00000001 0003 0001 74 00 00000000"),                 // topic t: error 3, not internal, no partitions
        await _client.AskAsync("0003 0004" + Client + "00000001 0001 74 00"));

    [Fact]
    public async Task Produce_3_and_Fetch_4_carry_the_batch_unchanged_but_for_offset_and_epoch()
    {
        await CreateTopicAsync();
        var produce = "0000 0003" + Client + "ffff ffff 00001388 00000001 0001 74 00000001 00000000 0000004a" + Batch;
        var produced = Correlation + "00000001 0001 74 00000001 00000000 0000";
        Assert.Equal(Bytes(produced + "0000000000000000 ffffffffffffffff 00000000"), await _client.AskAsync(produce));
        Assert.Equal(Bytes(produced + "0000000000000001 ffffffffffffffff 00000000"), await _client.AskAsync(produce));
        Assert.Equal(
            Bytes(Correlation + "00000000 00000001 0001 74 00000001 00000000 0000 0000000000000002 0000000000000002 ffffffff"
                + "0000004a 0000000000000001 0000003e 00000000" + BatchRest),
            await _client.AskAsync("0001 0004" + Client + "ffffffff 000001f4 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000001 00100000"));
    }

    [Fact]
    public async Task Produce_9_and_Fetch_12_do_the_same_in_compact_form()
    {
        await CreateTopicAsync();
        Assert.Equal(
            Bytes(Correlation + "00 02 02 74 02 00000000 0000 0000000000000000 ffffffffffffffff 0000000000000000 01 00 00 00 00000000 00"),
            await _client.AskAsync("0000 0009" + FlexibleClient + "00 ffff 00001388 02 02 74 02 00000000 4b" + Batch + "00 00 00"));
        Assert.Equal(
            Bytes(Correlation + "00 00000000 0000 00000000 02 02 74 02 00000000 0000 0000000000000001 0000000000000001 0000000000000000 00 ffffffff"
                + "4b 0000000000000000 0000003e 00000000" + BatchRest + "00 00 00"),
            await _client.AskAsync("0001 000c" + FlexibleClient
                + "ffffffff 000001f4 00000001 00100000 00 00000000 ffffffff 02 02 74 02 00000000 ffffffff 0000000000000000 ffffffff ffffffffffffffff 00100000 00 00 01 01 00"));
    }

    [Fact]
    public async Task Fetch_waits_for_an_append_and_no_longer()
    {
        await CreateTopicAsync();
        await _client.SendAsync("0001 0004" + Client + "ffffffff 00004e20 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000000 00100000");
        using var other = await RawClient.ConnectAsync(_broker.Server.Port);
        await other.AskAsync("0000 0003" + Client + "ffff ffff 00001388 00000001 0001 74 00000001 00000000 0000004a" + Batch);
        Assert.Contains("9cc94b96", (await _client.ReceiveAsync())!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_beyond_the_end_answers_error_1() => Assert.Contains(
        Bytes("00000001 00000000 0001 ffffffffffffffff"),
        await CreatedAsync("0001 0004" + Client + "ffffffff 00004e20 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000005 00100000"),
        StringComparison.Ordinal);

    [Fact]
    public async Task ListOffsets_1_tells_the_end_and_the_start()
    {
        await CreateTopicAsync();
        foreach (var wanted in new[] { "ffffffffffffffff", "fffffffffffffffe" })
        {
            Assert.Equal(
                Bytes(Correlation + "00000001 0001 74 00000001 00000000 0000 ffffffffffffffff 0000000000000000"),
                await _client.AskAsync("0002 0001" + Client + "ffffffff 00000001 0001 74 00000001 00000000" + wanted));
        }
    }

    [Fact]
    public async Task ListOffsets_1_answers_a_partition_that_is_named_twice_with_error_42() => Assert.Equal(
        Bytes(Correlation + "00000001 0001 74 00000002 00000000 002a ffffffffffffffff ffffffffffffffff 00000000 002a ffffffffffffffff ffffffffffffffff"),
        await CreatedAsync("0002 0001" + Client + "ffffffff 00000001 0001 74 00000002 00000000 ffffffffffffffff 00000000 fffffffffffffffe"));

    [Fact]
    public async Task FindCoordinator_0_and_4_name_this_broker()
    {
        Assert.Equal(
            Bytes(Correlation + "0000 00000001 0009 3132372e302e302e31" + Port),
            await _client.AskAsync("000a 0000" + Client + "0001 67"));
        Assert.Equal(
            Bytes(Correlation + "00 00000000 02 02 67 00000001 0a 3132372e302e302e31" + Port + "0000 00 00 00"),
            await _client.AskAsync("000a 0004" + FlexibleClient + "00 02 02 67 00"));
    }

    [Fact]
    public async Task OffsetCommit_2_and_OffsetFetch_1_keep_an_offset_without_a_group()
    {
        Assert.Equal(
            Bytes(Correlation + "00000001 0001 74 00000002 00000000 0000 00000009 0003"),
            await CreatedAsync("0008 0002" + Client + "0001 67 ffffffff 0000 ffffffffffffffff 00000001 0001 74 00000002 00000000 000000000000002a 0001 6d 00000009 000000000000002a ffff"));
        Assert.Equal(
            Bytes(Correlation + "00000001 0001 74 00000002 00000000 000000000000002a 0001 6d 0000 00000001 ffffffffffffffff 0000 0000"),
            await _client.AskAsync("0009 0001" + Client + "0001 67 00000001 0001 74 00000002 00000000 00000001"));
        Assert.Equal(
            Bytes(Correlation + "00 00000000 02 02 67 02 02 74 02 00000000 000000000000002a ffffffff 02 6d 0000 00 00 0000 00 00"),
            await _client.AskAsync("0009 0008" + FlexibleClient + "02 02 67 00 00 00 00"));
    }

    [Fact]
    public async Task InitProducerId_0_gives_ids_once()
    {
        var first = await _client.AskAsync("0016 0000" + Client + "ffff 00000000");
        var second = await _client.AskAsync("0016 0000" + Client + "ffff 00000000");
        Assert.Equal(Bytes(Correlation + "00000000 0000 0000000000000001 0000"), first);
        Assert.Equal(Bytes(Correlation + "00000000 0000 0000000000000002 0000"), second);
    }

    [Fact]
    public async Task JoinGroup_4_gives_a_newcomer_its_id_with_error_79_and_Heartbeat_knows_no_stranger()
    {
        var answer = await _client.AskAsync("000b 0004" + Client + "0001 67 00002710 00002710 0000 0008 636f6e73756d6572 00000001 0005 72616e6765 00000000");
        Assert.StartsWith(Bytes(Correlation + "00000000 004f ffffffff 0000 0000 0026 782d"), answer, StringComparison.Ordinal);
        Assert.Equal(Bytes(Correlation + "00000000 0019"), await _client.AskAsync("000c 0001" + Client + "0001 67 00000000 0001 7a"));
    }

    private async Task<string> CreatedAsync(string request)
    {
        await CreateTopicAsync();
        return await _client.AskAsync(request);
    }

    private async Task CreateTopicAsync() => Assert.Equal(
        Bytes(Correlation + "00000000 00000001 0001 74 0000 ffff"),
        await _client.AskAsync("0013 0002" + Client + "00000001 0001 74 00000001 0001 00000000 00000000 00001388 00"));

    private string ClusterId() => Convert.ToHexString(File.ReadAllBytes(Path.Combine(_broker.DataDirectory, "cluster-id")));

    private static string Bytes(string hex) => string.Concat(hex.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant();
}
