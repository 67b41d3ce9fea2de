using System.Net.Http.Json;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StockAspire.Deploy.Tests.Running;
using StockAspire.TickStream;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>The way of docs/deploy.md from two bare servers to running units, on real servers.</summary>
public sealed class SecureEnginesTests(SecureEngines engines) : IClassFixture<SecureEngines>
{
    [Fact]
    public async Task The_scripts_make_what_the_installed_units_then_run_on()
    {
        Assert.SkipUnless(SecureEngines.Absence is null, SecureEngines.Absence ?? "");
        await KafkaIsReadyAsync();
        await OthersAreRefusedByKafkaAsync();
        await TopicsAreThoseOfTheServicesAsync();
        await CassandraIsReadyAsync();
        await UnitsRunAsync();
        await TheAppHostRunsOnThemAsync();
    }

    private async Task KafkaIsReadyAsync()
    {
        Assert.Contains("topic ticks: made with 4 partitions", (await engines.TopicsAsync("--partitions", "4")).Succeeded(), StringComparison.Ordinal);
        var again = await engines.TopicsAsync("--partitions", "3");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("topic ticks has 4 partitions, expected 3", again.Output, StringComparison.Ordinal);
        var smoke = (await engines.SmokeTestAsync(Path.Combine(engines.Secrets, "kafka-stockaspire"))).Succeeded();
        Assert.StartsWith("ok: sent and received", smoke, StringComparison.Ordinal);
        Assert.DoesNotContain(engines.UserConfig().SaslPassword, again.Output + smoke, StringComparison.Ordinal);
    }

    private async Task OthersAreRefusedByKafkaAsync()
    {
        var wrong = await engines.SmokeTestAsync(Path.Combine(engines.Secrets, "cassandra-sink"));
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("invalid credentials", wrong.Output, StringComparison.Ordinal);

        // The user may do what the services need, and no more.
        using var admin = new AdminClientBuilder(engines.UserConfig()).Build();
        var refused = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = "other", NumPartitions = 1 }]));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, refused.Results.Single().Error.Code);
        using var plain = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = engines.Kafka }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        Assert.Throws<KafkaException>(() => plain.GetMetadata(TimeSpan.FromSeconds(5)));
    }

    /// <summary>Deleted and made again by the services' own code, as the same user, they are the same.</summary>
    private async Task TopicsAreThoseOfTheServicesAsync()
    {
        string[] names = [Topics.Ticks, Topics.Raw, Topics.DeadLetters, Topics.Seals, Topics.Sources];
        var made = await DescribeAsync(names);
        var deleting = await Command.RunAsync(
            Path.Combine(engines.KafkaHome, "bin/kafka-topics.sh"),
            "--bootstrap-server", $"127.0.0.1:{engines.InternalPort}", "--command-config", engines.AdminConfig, "--delete", "--topic", "ticks.*|sources");
        deleting.Succeeded();
        var options = Options.Create(new KafkaOptions
        {
            BootstrapServers = engines.Kafka,
            TopicPartitions = 4,
            Security = { Mechanism = "SCRAM-SHA-512", User = "stockaspire", PasswordFile = Path.Combine(engines.Secrets, "kafka-stockaspire"), CaFile = engines.CaFile },
        });
        await new TopicSetup(new KafkaClients(options, NullLoggerFactory.Instance), options, NullLogger<TopicSetup>.Instance).EnsureAsync(TestContext.Current.CancellationToken);
        Assert.Equal(await DescribeAsync(names), made);
        Assert.Contains("ticks.seals: 1 partitions, cleanup.policy=compact", made);
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(string[] names)
    {
        using var admin = new AdminClientBuilder(engines.UserConfig()).Build();
        var topics = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(names));
        var configs = await admin.DescribeConfigsAsync(names.Select(name => new ConfigResource { Type = ResourceType.Topic, Name = name }));
        return [.. topics.TopicDescriptions.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(topic =>
        {
            var own = configs.Single(config => config.ConfigResource.Name == topic.Name).Entries.Values.Where(entry => entry.Source == ConfigSource.DynamicTopicConfig);
            return $"{topic.Name}: {topic.Partitions.Count} partitions{string.Concat(own.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => $", {entry.Name}={entry.Value}"))}";
        })];
    }

    private async Task CassandraIsReadyAsync()
    {
        Assert.Contains("administrator stockaspire_admin: made", (await engines.RolesAsync()).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("administrator stockaspire_admin: is there", (await engines.RolesAsync()).Succeeded(), StringComparison.Ordinal);

        // The login that Cassandra comes with does not get in any more, and the administrator's was not given away.
        await File.WriteAllTextAsync(Path.Combine(engines.Secrets, "cassandra-admin.kept"), await File.ReadAllTextAsync(Path.Combine(engines.Secrets, "cassandra-admin")));
        await File.WriteAllTextAsync(Path.Combine(engines.Secrets, "cassandra-admin"), "another-password\n");
        var refused = await engines.RolesAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("neither stockaspire_admin nor the login that Cassandra comes with can log in", refused.Output, StringComparison.Ordinal);
        File.Move(Path.Combine(engines.Secrets, "cassandra-admin.kept"), Path.Combine(engines.Secrets, "cassandra-admin"), overwrite: true);
    }

    private async Task UnitsRunAsync()
    {
        using var installation = await Installation.MakeAsync();
        var ports = FreePorts.Take(5);
        Configure(installation, ports);
        await using var ingest = installation.Unit("ingest").Start();
        await using var sink = installation.Unit("sink").Start();
        await using var query = installation.Unit("query").Start();
        await ingest.BecomesHealthyAsync(new Uri($"http://127.0.0.1:{ports[0]}"));
        await sink.BecomesHealthyAsync(new Uri($"http://127.0.0.1:{ports[2]}"));
        await query.BecomesHealthyAsync(new Uri($"http://127.0.0.1:{ports[3]}"));
        await ATickGoesThroughAsync(new Uri($"http://127.0.0.1:{ports[0]}"), new Uri($"http://127.0.0.1:{ports[3]}"));

        foreach (var (service, name) in new[] { (ingest, "ingest"), (sink, "sink"), (query, "query") })
        {
            var unit = installation.Unit(name);
            Assert.Equal(0, await service.EndAsync(unit["KillSignal"], unit.StopLimit));
            Assert.All(Directory.EnumerateFiles(engines.Secrets), file => Assert.DoesNotContain(File.ReadAllText(file).Trim(), service.Output, StringComparison.Ordinal));
        }
    }

    private void Configure(Installation installation, int[] ports)
    {
        foreach (var secret in Directory.EnumerateFiles(engines.Secrets))
        {
            File.Copy(secret, Path.Combine(installation.Settings("secrets"), Path.GetFileName(secret)));
        }

        File.Copy(engines.CaFile, installation.Settings("ca.pem"));
        var store = ("cassandra-1.example.net:9042", $"{engines.CassandraHost}:{engines.CassandraPort}");
        installation.Edit("stockaspire.env", ("kafka-1.example.net:9092", engines.Kafka), ("Kafka__TopicPartitions=8", "Kafka__TopicPartitions=4"));
        installation.Edit("ingest.env", (":5101", $":{ports[0]}"), (":5102", $":{ports[1]}"));
        installation.Edit("sink.env", (":5301", $":{ports[2]}"), store);
        installation.Edit("query.env", (":5201", $":{ports[3]}"), (":5202", $":{ports[4]}"), store);
    }

    /// <summary>As docs/apphost.md says: connection strings, users and the files of passwords in its environment.</summary>
    private async Task TheAppHostRunsOnThemAsync()
    {
        await using var apphost = AttachedAppHost.Start(new Dictionary<string, string>
        {
            ["ConnectionStrings__kafka"] = engines.Kafka,
            ["Kafka__TopicPartitions"] = "4",
            ["Kafka__Security__Mechanism"] = "SCRAM-SHA-512",
            ["Kafka__Security__User"] = "stockaspire",
            ["Kafka__Security__PasswordFile"] = Path.Combine(engines.Secrets, "kafka-stockaspire"),
            ["Kafka__Security__CaFile"] = engines.CaFile,
            ["ConnectionStrings__tickstore"] = $"cassandra://{engines.CassandraHost}:{engines.CassandraPort}/stockaspire?dc=dc1&replication=1&tls=true&ca={engines.CaFile}",
            ["Store__User"] = "stockaspire_sink",
            ["Store__PasswordFile"] = Path.Combine(engines.Secrets, "cassandra-sink"),
            ["Ingest__Feeds__0__Path"] = "",
        });
        await apphost.BecomesReadyAsync();
        Assert.Contains("20,000 accepted, 0 rejected", await apphost.CommandLineAsync("ingest", Path.Combine(Checkout.Root, "samples/demo_20240102_trade.csv")), StringComparison.Ordinal);

        // Also what came in by the units.
        var verified = await apphost.VerifyAsync();
        Assert.Matches(@"csv:\w+ +ok +20,000 +20,000 ", verified);
        Assert.Matches(@"deployed +ok +1 +1 ", verified);

        Assert.Equal(0, await apphost.EndAsync());
        Assert.All(Directory.EnumerateFiles(engines.Secrets), file => Assert.DoesNotContain(File.ReadAllText(file).Trim(), apphost.EverythingSaid, StringComparison.Ordinal));
    }

    /// <summary>Over the services' JSON: in by Ingest, through Kafka and Cassandra, out by Query; and nothing else went in.</summary>
    private static async Task ATickGoesThroughAsync(Uri ingest, Uri query)
    {
        using var client = new HttpClient();
        var loads = await client.GetFromJsonAsync<JsonElement>(new Uri(ingest, "/v1/loads"), TestContext.Current.CancellationToken);
        Assert.False(loads.TryGetProperty("loads", out var list) && list.GetArrayLength() > 0, $"no feed was to run: {loads}");

        var request = new { source = "deployed", ticks = new[] { new { id = new { sequence = "1" }, symbol = "DEPLOY", eventTimeNs = "1700000000000000000", priceE9 = "101500000000", sizeE8 = "200000000" } } };
        using var published = await client.PostAsJsonAsync(new Uri(ingest, "/v1/ticks:publish"), request, TestContext.Current.CancellationToken);
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Eventually.BecomesAsync(
            "the tick in an answer of query",
            () => client.GetStringAsync(new Uri(query, "/v1/ticks:latest?symbols=DEPLOY"), TestContext.Current.CancellationToken),
            answer => answer.Contains("101500000000", StringComparison.Ordinal));
    }
}
