using Confluent.Kafka;
using StockAspire.KafkaBroker.Tests.Security;

namespace StockAspire.KafkaBroker.Tests.Processes;

public sealed class ExecutableTests
{
    [Fact]
    public async Task Sigterm_stops_it_cleanly_and_the_next_start_needs_no_recovery()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var data = new TemporaryDirectory();
        using var broker = await BrokerProcess.StartAsync(FreePorts.Take(), data.Path);
        Assert.Equal(0, await broker.TerminateAsync());
        Assert.True(File.Exists(Path.Combine(data.Path, "clean-shutdown")));
    }

    [Fact]
    public async Task Sigterm_under_load_stops_it_cleanly_and_producers_go_on_with_the_next_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        using var data = new TemporaryDirectory();
        var port = FreePorts.Take();
        using var stop = new CancellationTokenSource();
        Task<int>[] producing;
        using (var broker = await BrokerProcess.StartAsync(port, data.Path))
        {
            producing = [.. Enumerable.Range(0, 3).Select(p => Task.Run(() => Produce(port, $"t{p}", stop.Token), CancellationToken.None))];
            await Eventually.TrueAsync(() => Enumerable.Range(0, 3).All(p => Watermark(port, $"t{p}") > 1000));
            Assert.Equal(0, await broker.TerminateAsync());
        }

        using var next = await BrokerProcess.StartAsync(port, data.Path);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: .* stockaspire-broker \S+ listens on .*, data in .*, fsync Interval, PLAINTEXT, 3 topics, clean start$", next.StartLine);
        await stop.CancelAsync();
        var sent = await Task.WhenAll(producing);
        Assert.Equal(sent.Select(count => (long)count), Enumerable.Range(0, 3).Select(p => Watermark(port, $"t{p}")));
    }

    [Fact]
    public async Task Check_says_whether_a_broker_serves()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        Assert.Equal((0, $"{broker.BootstrapServers} serves\n", ""), await BrokerProcess.RunAsync("--check", broker.BootstrapServers));
        var (exitCode, output, _) = await BrokerProcess.RunAsync("--check", $"127.0.0.1:{FreePorts.Take()}");
        Assert.Equal(1, exitCode);
        Assert.Matches("^127.0.0.1:[0-9]+ does not serve: .+\n$", output);
    }

    [Fact]
    public async Task Check_reaches_a_broker_with_tls_and_users()
    {
        using var files = new TemporaryDirectory();
        var certificates = TestCertificates.Create(files.Path);
        var (_, line, _) = await BrokerProcess.RunWithInputAsync("stock-secret\n", "--hash-user", "stock");
        var users = TestCertificates.WriteSecret(Path.Combine(files.Path, "users"), line);
        await using var broker = await EmbeddedBroker.StartAsync(
            o => (o.TlsCertificateFile, o.TlsKeyFile, o.UsersFile) = (certificates.CertificateFile, certificates.KeyFile, users));
        Assert.Equal((0, $"{broker.BootstrapServers} serves\n", ""), await BrokerProcess.RunAsync("--check", broker.BootstrapServers, "--tls"));
        Assert.Equal(1, (await BrokerProcess.RunAsync("--check", broker.BootstrapServers)).ExitCode);
    }

    [Fact]
    public async Task Help_names_every_argument()
    {
        var (exitCode, output, _) = await BrokerProcess.RunAsync("--help");
        Assert.Equal(0, exitCode);
        string[] arguments = ["--port", "--data", "--fsync", "--host", "--advertised", "--tls-cert", "--tls-key", "--users", "--allow-insecure-network", "--check", "--hash-user"];
        Assert.All(arguments, a => Assert.Contains($"\n  {a} ", output.Replace('\r', ' ').Replace("network\n", "network \n", StringComparison.Ordinal), StringComparison.Ordinal));
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
        using var broker = await BrokerProcess.StartAsync(FreePorts.Take(), data.Path);
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
    [InlineData("--port", "0", "--data", "d", "--tls-key")]
    [InlineData("--port", "0", "--data", "d", "--advertised", "host:x")]
    [InlineData("--port", "0", "--data", "d", "--advertised", ":9092")]
    [InlineData("--port", "0", "--data", "d", "--tls-cert", "none.pem")]
    [InlineData("--port", "0", "--data", "d", "--host", "0.0.0.0")]
    [InlineData("--check", "host")]
    [InlineData("--hash-user", "a:b")]
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
        var port = FreePorts.Take();
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

    /// <summary>Produces until told to stop; returns how many were acknowledged, which is how many were sent.</summary>
    private static int Produce(int port, string topic, CancellationToken stop)
    {
        var config = new ProducerConfig { BootstrapServers = $"127.0.0.1:{port}", EnableIdempotence = true, MessageTimeoutMs = 0, LingerMs = 1, ReconnectBackoffMaxMs = 200 };
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        var (sent, acknowledged) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            if (sent - acknowledged < 10_000)
            {
                producer.Produce(topic, new() { Value = "value" }, report => acknowledged += report.Error.IsError ? 0 : 1);
                sent++;
            }

            producer.Poll(sent - acknowledged < 10_000 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
        Assert.Equal(sent, acknowledged);
        return sent;
    }

    private static long Watermark(int port, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = $"127.0.0.1:{port}", GroupId = "w" }).Build();
        try
        {
            return consumer.QueryWatermarkOffsets(new(topic, 0), TimeSpan.FromSeconds(20)).High.Value;
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnknownPartition || e.Error.Code == ErrorCode.UnknownTopicOrPart)
        {
            return 0; // not made yet
        }
    }
}
