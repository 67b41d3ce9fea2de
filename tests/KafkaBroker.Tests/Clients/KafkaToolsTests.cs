using System.Globalization;
using System.Text.Json;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>Apache Kafka's own command-line tools against the executable, each as its users call it.</summary>
public sealed class KafkaToolsTests
{
    [Fact]
    public async Task Topics_are_created_listed_described_grown_and_deleted()
    {
        using var broker = await StartAsync(partitions: 0);
        await ToolAsync(broker, "topics", "--create --topic one --partitions 3 --config retention.ms=1000000");
        await ToolAsync(broker, "topics", "--create --topic two");
        Assert.Equal(["one", "two"], Lines(await ToolAsync(broker, "topics", "--list")));
        Assert.Contains("already exists", await ToolAsync(broker, "topics", "--create --topic one", succeeds: false), StringComparison.Ordinal);

        await ToolAsync(broker, "topics", "--alter --topic one --partitions 5");
        var described = Lines(await ToolAsync(broker, "topics", "--describe --topic one"));
        Assert.Matches(@"^Topic: one\tTopicId: \S{22}\tPartitionCount: 5\tReplicationFactor: 1\tConfigs: retention.ms=1000000$", described[0]);
        Assert.Equal(
            Enumerable.Range(0, 5).Select(p => $"Topic: one\tPartition: {p}\tLeader: 1\tReplicas: 1\tIsr: 1"),
            described.Skip(1).Select(line => line[..line.IndexOf("\tElr", StringComparison.Ordinal)]));
        Assert.Contains("would not be an increase", await ToolAsync(broker, "topics", "--alter --topic one --partitions 2", succeeds: false), StringComparison.Ordinal);

        await ToolAsync(broker, "topics", "--delete --topic one");
        Assert.Equal(["two"], Lines(await ToolAsync(broker, "topics", "--list")));
    }

    [Fact]
    public async Task Settings_of_a_topic_are_altered_described_and_taken_back()
    {
        using var broker = await StartAsync(partitions: 1);
        await ToolAsync(broker, "configs", "--alter --topic t --add-config retention.bytes=12345,cleanup.policy=[compact,delete]");
        var set = await ToolAsync(broker, "configs", "--describe --topic t");
        Assert.Contains("retention.bytes=12345", set, StringComparison.Ordinal);
        Assert.Contains("cleanup.policy=compact,delete", set, StringComparison.Ordinal);
        Assert.DoesNotContain("segment.bytes", set, StringComparison.Ordinal);
        Assert.Contains("segment.bytes=1073741824", await ToolAsync(broker, "configs", "--describe --topic t --all"), StringComparison.Ordinal);

        Assert.Contains("Invalid value much", await ToolAsync(broker, "configs", "--alter --topic t --add-config retention.bytes=much", succeeds: false), StringComparison.Ordinal);
        await ToolAsync(broker, "configs", "--alter --topic t --delete-config retention.bytes");
        Assert.DoesNotContain("retention.bytes", await ToolAsync(broker, "configs", "--describe --topic t"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_are_listed_described_with_their_lag_reset_and_deleted()
    {
        using var broker = await StartAsync(partitions: 1);
        await using var writer = ClientProgram.Start(ClientCommand.Java, "write", broker.BootstrapServers, RestartableBroker.Topic, "zstd");
        await using var member = ClientProgram.Start(ClientCommand.Java, "join", broker.BootstrapServers, RestartableBroker.Topic, "g");
        await writer.WriteAsync(0, 100);
        await broker.UntilCommittedAsync("g", new() { [0] = 100 });
        Assert.Equal(["GROUP STATE", "g Stable"], Rows(await ToolAsync(broker, "groups", "--list --state")));
        Assert.Matches("^g t 0 100 100 0 consumer-g-1-[0-9a-f-]{36} /127.0.0.1 consumer-g-1$", Rows(await ToolAsync(broker, "groups", "--describe --group g"))[1]);
        Assert.Matches("^g consumer-g-1-[0-9a-f-]{36} /127.0.0.1 consumer-g-1 1 .*t:0", Rows(await ToolAsync(broker, "groups", "--describe --group g --members --verbose"))[1]);
        Assert.Equal($"g {broker.BootstrapServers} (1) range Stable 1", Rows(await ToolAsync(broker, "groups", "--describe --group g --state"))[1]);
        Assert.Contains("GroupNotEmptyException", await ToolAsync(broker, "groups", "--delete --group g"), StringComparison.Ordinal);

        await member.EndAsync();
        await writer.WriteAsync(100, 130);
        await writer.EndAsync();
        Assert.Equal("g t 0 100 130 30 - - -", Rows(await ToolAsync(broker, "groups", "--describe --group g"))[1]);
        await ToolAsync(broker, "groups", "--reset-offsets --group g --topic t --shift-by -40 --execute");
        Assert.Equal("g t 0 60 130 70 - - -", Rows(await ToolAsync(broker, "groups", "--describe --group g"))[1]);
        await ToolAsync(broker, "groups", "--delete --group g");
        Assert.Empty(Lines(await ToolAsync(broker, "groups", "--list")));
    }

    [Fact]
    public async Task Offsets_are_found_and_records_deleted()
    {
        using var broker = await StartAsync(partitions: 1);
        await using var writer = ClientProgram.Start(ClientCommand.Java, "write", broker.BootstrapServers, RestartableBroker.Topic, "snappy");
        await writer.WriteAsync(0, 100);
        await writer.EndAsync();
        Assert.Equal(["t:0:100"], await OffsetsAsync("latest"));
        Assert.Equal(["t:0:0"], await OffsetsAsync("earliest"));

        var file = Path.Combine(broker.DataDirectory, "delete.json");
        await File.WriteAllTextAsync(file, """{"version":1,"partitions":[{"topic":"t","partition":0,"offset":40}]}""");
        Assert.Contains("low_watermark: 40", await ToolAsync(broker, "org.apache.kafka.tools.DeleteRecordsCommand", $"--offset-json-file {file}"), StringComparison.Ordinal);
        Assert.Equal(["t:0:40"], await OffsetsAsync("earliest"));

        async Task<string[]> OffsetsAsync(string time) => Lines(await ToolAsync(broker, "org.apache.kafka.tools.GetOffsetShell", $"--topic t --time {time}"));
    }

    [Fact]
    public async Task Every_api_that_is_advertised_is_usable_by_the_newest_client()
    {
        using var broker = await StartAsync(partitions: 0);
        var listed = await ToolAsync(broker, "org.apache.kafka.tools.BrokerApiVersionsCommand", "");
        Assert.Matches(@"Produce\(0\): 0 to \d+ \[usable: \d+\]", listed);
        Assert.Contains("AddPartitionsToTxn(24): UNSUPPORTED", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("[unusable", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("UNKNOWN", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Performance_tools_write_and_read_all_they_are_told_to()
    {
        using var broker = await StartAsync(partitions: 4);
        var written = await JavaTools.RunAsync(
            "producer-perf", $"--topic t --num-records 50000 --record-size 100 --throughput -1 --command-property bootstrap.servers={broker.BootstrapServers} acks=all compression.type=lz4");
        Assert.Contains("50000 records sent", written, StringComparison.Ordinal);
        Assert.Equal(50_000, (await broker.EndsAsync(4)).Values.Sum());

        var read = Lines(await ToolAsync(broker, "consumer-perf", "--topic t --num-records 50000 --timeout 60000"));
        Assert.Equal("50000", read[^1].Split(", ")[4]);
    }

    [Fact]
    public async Task Verifiable_tools_acknowledge_read_and_commit_each_record()
    {
        using var broker = await StartAsync(partitions: 3);
        var written = Events(await ToolAsync(broker, "verifiable-producer", "--topic t --max-messages 1000 --acks -1 --repeating-keys 10"));
        Assert.Equal(1000, written.Count(e => Name(e) == "producer_send_success"));
        Assert.DoesNotContain(written, e => Name(e) == "producer_send_error");

        var read = Events(await ToolAsync(
            broker,
            "verifiable-consumer",
            "--topic t --group-id g --max-messages 1000 --reset-policy earliest --group-instance-id i --verbose --assignment-strategy org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
        Assert.Equal(
            written.Where(e => Name(e) == "producer_send_success").Select(e => (e.GetProperty("partition").GetInt32(), e.GetProperty("offset").GetInt64(), e.GetProperty("value").GetString())).Order(),
            read.Where(e => Name(e) == "record_data").Select(e => (e.GetProperty("partition").GetInt32(), e.GetProperty("offset").GetInt64(), e.GetProperty("value").GetString())).Order());
        Assert.All(read.Where(e => Name(e) == "offsets_committed"), e => Assert.True(e.GetProperty("success").GetBoolean()));
        Assert.Equal(1000, (await broker.CommittedAsync("g")).Values.Sum());

        static string Name(JsonElement e) => e.GetProperty("name").GetString()!;
    }

    [Fact]
    public async Task Console_tools_carry_keys_and_headers()
    {
        using var broker = await StartAsync(partitions: 1);
        await ToolAsync(
            broker, "producer", "--topic t --reader-property parse.key=true --reader-property parse.headers=true --reader-property key.separator=; --reader-property headers.delimiter=;", "a:1,b:2;key;Zürich\nc:3;key;東京\n");
        var read = await ToolAsync(
            broker, "consumer", "--topic t --from-beginning --max-messages 2 --formatter-property print.key=true --formatter-property print.headers=true --formatter-property print.offset=true");
        Assert.Contains("Offset:0\ta:1,b:2\tkey\tZürich\nOffset:1\tc:3\tkey\t東京\n", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segments_are_read_by_the_log_dumper_and_every_batch_is_valid()
    {
        using var broker = await StartAsync(partitions: 1);
        foreach (var codec in new[] { "none", "gzip", "snappy", "lz4", "zstd" })
        {
            await using var writer = ClientProgram.Start(ClientCommand.Java, "write", broker.BootstrapServers, RestartableBroker.Topic, codec);
            await writer.WriteAsync(0, 50);
            await writer.EndAsync();
        }

        var dumped = Lines(await JavaTools.RunAsync("org.apache.kafka.tools.DumpLogSegments", $"--files {broker.SegmentPath(0)} --deep-iteration --print-data-log"));
        var batches = dumped.Where(line => line.StartsWith("baseOffset:", StringComparison.Ordinal)).ToArray();
        Assert.All(batches, b => Assert.Contains("isvalid: true", b, StringComparison.Ordinal));
        Assert.All(new[] { "none", "gzip", "snappy", "lz4", "zstd" }, codec => Assert.Contains(batches, b => b.Contains($"compresscodec: {codec}", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Range(0, 250).Select(i => $"offset: {i} key: key-{i % 50} payload: {i % 50}: Zürich, 東京"),
            dumped.Where(line => line.StartsWith("| offset:", StringComparison.Ordinal)).Select(Record));

        static string Record(string line) =>
            string.Create(CultureInfo.InvariantCulture, $"{line[2..line.IndexOf(" CreateTime", StringComparison.Ordinal)]} {line[line.IndexOf("key: ", StringComparison.Ordinal)..]}");
    }

    private static async Task<RestartableBroker> StartAsync(int partitions)
    {
        if (await ClientRequirements.Java is { } missing)
        {
            Assert.Skip(missing);
        }

        return await RestartableBroker.StartAsync(partitions);
    }

    private static Task<string> ToolAsync(RestartableBroker broker, string tool, string arguments, string input = "", bool succeeds = true) =>
        JavaTools.RunAsync(tool, $"--bootstrap-server {broker.BootstrapServers} {arguments}", input, succeeds);

    private static string[] Lines(string printed) => printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The lines of a table, from its head on, with one space between columns.</summary>
    private static string[] Rows(string printed) =>
        [.. Lines(printed).SkipWhile(line => !line.StartsWith("GROUP", StringComparison.Ordinal)).Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];

    private static JsonElement[] Events(string printed) =>
        [.. Lines(printed).Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];
}
