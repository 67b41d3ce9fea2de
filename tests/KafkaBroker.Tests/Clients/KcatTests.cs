using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>kcat, as Debian packages it (librdkafka 2.0.2 and later), against the executable.</summary>
public sealed class KcatTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Kcat_makes_a_topic_produces_and_reads_back(string codec)
    {
        using var broker = await StartAsync(partitions: 0);
        var lines = string.Concat(Enumerable.Range(0, 1000).Select(i => $"key{i}:value number {i}\n"));
        await RunAsync(lines, "-P", "-b", broker.BootstrapServers, "-t", "t", "-K:", "-z", codec, "-X", "acks=all", "-H", "origin=kcat");
        Assert.Equal(lines, await RunAsync("", "-C", "-b", broker.BootstrapServers, "-t", "t", "-K:", "-e", "-q"));
        Assert.Equal("origin=kcat\n", await RunAsync("", "-C", "-b", broker.BootstrapServers, "-t", "t", "-c", "1", "-q", "-f", @"%h\n"));
    }

    [Fact]
    public async Task Kcat_in_a_group_goes_on_where_it_was_over_a_kill_of_the_broker()
    {
        using var broker = await StartAsync(partitions: 1);
        string[] group = ["-b", broker.BootstrapServers, "-X", "auto.offset.reset=earliest", "-G", "g", "-e", "-q", "t"];
        await RunAsync("one\ntwo\n", "-P", "-b", broker.BootstrapServers, "-t", "t", "-X", "enable.idempotence=true");
        Assert.Equal("one\ntwo\n", await RunAsync("", group));
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await RunAsync("three\n", "-P", "-b", broker.BootstrapServers, "-t", "t");
        Assert.Equal("three\n", await RunAsync("", group));
    }

    [Fact]
    public async Task Two_kcats_share_the_partitions_and_the_rest_goes_to_the_one_that_stays()
    {
        using var broker = await StartAsync(partitions: 4);
        string[] group = ["-b", broker.BootstrapServers, "-X", "auto.offset.reset=earliest", "-X", "heartbeat.interval.ms=200", "-G", "g", "t"];
        await using var first = ClientProgram.Start(ClientCommand.Kcat, group);
        await using var second = ClientProgram.Start(ClientCommand.Kcat, group);
        await UntilSharedAsync(broker, 2, 2);
        await WriteAsync(broker, 0, 400);
        await ClientProgram.UntilAsync("both read all", [first, second], () => first.Records.Count + second.Records.Count >= 400);
        Assert.Equal(2, first.Records.DistinctBy(r => r.Partition).Count());
        Assert.Equal(2, second.Records.DistinctBy(r => r.Partition).Count());

        await second.InterruptAsync();
        await UntilSharedAsync(broker, 4);
        await WriteAsync(broker, 400, 500);
        await first.UntilAsync("the first reads the rest", () => first.Records.Count + second.Records.Count >= 500);
        Assert.Equal(Enumerable.Range(0, 500), first.Records.Concat(second.Records).Select(r => r.Number).Order());
        await first.InterruptAsync();
        Assert.Equal(await broker.EndsAsync(4), await broker.CommittedAsync("g"));
    }

    [Fact]
    public async Task Kill_9_of_the_broker_neither_loses_nor_doubles_nor_reorders_what_an_idempotent_kcat_sends()
    {
        using var broker = await StartAsync(partitions: 1);
        // With -E neither gives up when its only broker is away.
        await using var reader = ClientProgram.Start(ClientCommand.Kcat, "-b", broker.BootstrapServers, "-C", "-E", "-t", "t", "-o", "beginning", "-q");
        await using var writer = ClientProgram.Start(
            ClientCommand.Kcat, "-b", broker.BootstrapServers, "-P", "-E", "-t", "t", "-K:", "-X", "enable.idempotence=true", "-X", "linger.ms=1", "-X", "reconnect.backoff.max.ms=500");
        await SendAsync(0, 2000);
        await reader.UntilAsync("something arrives", () => reader.Records.Count > 0);
        await broker.KillAsync();
        await SendAsync(2000, 4000);
        await broker.StartAgainAsync();
        await writer.EndAsync();
        await reader.UntilAsync("all arrives", () => reader.Records.Count == 4000);
        Assert.Equal(Enumerable.Range(0, 4000).Select(i => new ReadRecord(0, i, $"key-{i}", $"value {i}", "")), reader.Records);
        Assert.Equal(4000, (await broker.EndsAsync(1))[0]);

        async Task SendAsync(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                await writer.TellAsync($"key-{i}:value {i}");
            }
        }
    }

    [Fact]
    public async Task Kcat_lists_the_broker_and_its_topics()
    {
        using var broker = await StartAsync(partitions: 1);
        var listed = await RunAsync("", "-L", "-J", "-b", broker.BootstrapServers);
        Assert.Contains($"\"brokers\":[{{\"id\":1,\"name\":\"{broker.BootstrapServers}\"}}]", listed, StringComparison.Ordinal);
        Assert.Contains("\"topic\":\"t\",\"partitions\":[{\"partition\":0,\"leader\":1", listed, StringComparison.Ordinal);
    }

    private static async Task<RestartableBroker> StartAsync(int partitions)
    {
        Assert.SkipUnless(await ClientCommand.TryRunAsync("kcat", ["-V"]) is { ExitCode: 0 }, "needs Debian's kcat");
        return await RestartableBroker.StartAsync(partitions);
    }

    private static async Task WriteAsync(RestartableBroker broker, int from, int to)
    {
        await using var writer = ClientProgram.Start(ClientCommand.Confluent, "write", broker.BootstrapServers, RestartableBroker.Topic, "none");
        await writer.WriteAsync(from, to);
        await writer.EndAsync();
    }

    /// <summary>Waits until the group is stable and its members own so many partitions each, as the broker says.</summary>
    private static async Task UntilSharedAsync(RestartableBroker broker, params int[] counts)
    {
        using var admin = broker.Admin();
        await Eventually.BecomesAsync(
            $"a stable group of members with {string.Join(" and ", counts)} partitions",
            async () => (await admin.DescribeConsumerGroupsAsync(["g"])).ConsumerGroupDescriptions[0],
            group => group.State == ConsumerGroupState.Stable && group.Members.Select(m => m.Assignment.TopicPartitions.Count).SequenceEqual(counts));
    }

    private static async Task<string> RunAsync(string input, params string[] arguments)
    {
        var run = await ClientCommand.TryRunAsync("kcat", arguments, input: input);
        Assert.NotNull(run);
        Assert.True(run.Value.ExitCode == 0, run.Value.Errors);
        return run.Value.Output;
    }
}
