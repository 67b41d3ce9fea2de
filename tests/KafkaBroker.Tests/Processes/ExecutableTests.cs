using Confluent.Kafka;

namespace StockAspire.KafkaBroker.Tests.Processes;

public sealed class ExecutableTests
{
    [Fact]
    public async Task Sigterm_stops_it_cleanly_and_the_next_start_needs_no_recovery()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var data = new TemporaryDirectory();
        using var broker = await BrokerProcess.StartAsync(BrokerProcess.FreePort(), data.Path);
        Assert.Equal(0, await broker.TerminateAsync());
        Assert.True(File.Exists(Path.Combine(data.Path, "clean-shutdown")));
    }

    [Fact]
    public async Task Port_that_is_taken_is_named_on_one_line_and_the_exit_code_is_1()
    {
        await using var other = await EmbeddedBroker.StartAsync();
        using var data = new TemporaryDirectory();
        var (exitCode, _, error) = await BrokerProcess.RunAsync("--port", $"{other.Server.Port}", "--data", data.Path);
        Assert.Equal(1, exitCode);
        Assert.Equal($"stockaspire-broker: Port {other.Server.Port} on 127.0.0.1 is taken by another program; choose another with --port.\n", error);
    }

    [Fact]
    public async Task Second_broker_on_a_data_directory_is_refused_and_told_the_pid()
    {
        using var data = new TemporaryDirectory();
        using var broker = await BrokerProcess.StartAsync(BrokerProcess.FreePort(), data.Path);
        var (exitCode, _, error) = await BrokerProcess.RunAsync("--port", "0", "--data", data.Path);
        Assert.Equal(1, exitCode);
        Assert.Contains($"in use by another broker (pid {broker.Id})", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "x", "--data", "d")]
    [InlineData("--port", "70000", "--data", "d")]
    [InlineData("--port", "0")]
    [InlineData("--port", "0", "--data", "d", "--fsync", "sometimes")]
    [InlineData("--port", "0", "--data", "d", "--colour", "red")]
    [InlineData("--data")]
    public async Task Arguments_that_make_no_sense_are_named(params string[] arguments)
    {
        var (exitCode, _, error) = await BrokerProcess.RunAsync(arguments);
        Assert.Equal(1, exitCode);
        Assert.Matches("^stockaspire-broker: .*--[a-z]+.*\n$", error);
    }

    [Fact]
    public async Task Committed_offsets_and_topics_survive_kill_9()
    {
        using var data = new TemporaryDirectory();
        var port = BrokerProcess.FreePort();
        var config = new ConsumerConfig { BootstrapServers = $"127.0.0.1:{port}", GroupId = "g", EnableAutoCommit = false };
        using (var broker = await BrokerProcess.StartAsync(port, data.Path))
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = config.BootstrapServers }).Build();
            await admin.CreateTopicsAsync([new() { Name = "t", NumPartitions = 2 }]);
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(config).Build();
            consumer.Commit([new TopicPartitionOffset("t", 1, 42)]);
            await broker.KillAsync();
        }

        using var again = await BrokerProcess.StartAsync(port, data.Path);
        using var second = new ConsumerBuilder<Ignore, Ignore>(config).Build();
        Assert.Equal(42, second.Committed([new TopicPartition("t", 1)], TimeSpan.FromSeconds(20))[0].Offset.Value);
    }
}
