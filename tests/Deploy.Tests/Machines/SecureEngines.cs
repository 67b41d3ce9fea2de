using Confluent.Kafka;
using StockAspire.Deploy.Tests.Running;
using StockAspire.Engines;

namespace StockAspire.Deploy.Tests.Machines;

/// <summary>
/// Apache Kafka and Apache Cassandra on loopback with the passwords, certificates and configurations that the scripts for machines
/// make. Kafka's commands are those of the engines; cqlsh is a stand-in that reads the same files.
/// </summary>
public sealed class SecureEngines : IAsyncLifetime
{
    /// <summary>Where Kafka has its commands, and what they are called by the engines' script.</summary>
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["kafka-topics.sh"] = "topics",
        ["kafka-configs.sh"] = "configs",
        ["kafka-acls.sh"] = "org.apache.kafka.tools.AclCommand",
        ["kafka-get-offsets.sh"] = "org.apache.kafka.tools.GetOffsetShell",
        ["kafka-console-producer.sh"] = "producer",
        ["kafka-console-consumer.sh"] = "consumer",
        ["kafka-storage.sh"] = "kafka.tools.StorageTool",
    };

    private readonly TemporaryFolder _folder = new();
    private readonly RealKafka _kafka;
    private readonly RealCassandra _cassandra;

    public SecureEngines()
    {
        _kafka = new RealKafka { DataFolder = _folder["kafka"], Heap = "512m" };
        _cassandra = new RealCassandra { DataFolder = _folder["cassandra"], Heap = "512m" };
    }

    public static string? Absence => RealKafka.Absence ?? RealCassandra.Absence;

    public string Secrets => _folder["secrets"];

    public string CaFile => _folder["tls/ca.pem"];

    public string KafkaHome => _folder["kafka-home"];

    public string Cqlsh => _folder["cqlsh"];

    public string AdminConfig => _folder["kafka/node1/admin.properties"];

    public int ClientPort { get; private set; }

    public int InternalPort { get; private set; }

    public int CassandraPort { get; private set; }

    public string Kafka => $"127.0.0.1:{ClientPort}";

    internal string CassandraHost => $"{_cassandra.Address}";

    public async ValueTask InitializeAsync()
    {
        if (Absence is not null)
        {
            return;
        }

        (await Command.ScriptAsync("machines/passwords.sh", "--dir", Secrets)).Succeeded();
        (await Command.ScriptAsync("machines/certificates.sh", "authority", "--dir", _folder["tls"])).Succeeded();
        (await Command.ScriptAsync("machines/certificates.sh", "server", "--dir", _folder["tls"], "--name", "kafka-1", "--for", "dns:localhost,ip:127.0.0.1")).Succeeded();
        (await Command.ScriptAsync("machines/certificates.sh", "server", "--dir", _folder["tls"], "--name", "cassandra-1", "--for", $"ip:{CassandraHost}")).Succeeded();
        (await Command.ScriptAsync("machines/certificates.sh", "client", "--dir", _folder["tls"], "--name", "admin")).Succeeded();
        await StartKafkaAsync();
        await StartCassandraAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _kafka.DisposeAsync();
        await _cassandra.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The pipeline's user, with what topics.sh made for it.</summary>
    public ClientConfig UserConfig(string? password = null) => new()
    {
        BootstrapServers = Kafka,
        SecurityProtocol = SecurityProtocol.SaslSsl,
        SslCaLocation = CaFile,
        SaslMechanism = SaslMechanism.ScramSha512,
        SaslUsername = "stockaspire",
        SaslPassword = password ?? File.ReadAllText(Path.Combine(Secrets, "kafka-stockaspire")).Trim(),
    };

    internal Task<CommandResult> TopicsAsync(params string[] more) => Command.ScriptAsync(
        "machines/kafka/topics.sh",
        ["--bootstrap", $"127.0.0.1:{InternalPort}", "--admin-config", AdminConfig, "--password-file", Path.Combine(Secrets, "kafka-stockaspire"), "--kafka-home", KafkaHome, .. more]);

    internal Task<CommandResult> SmokeTestAsync(string passwordFile) => Command.ScriptAsync(
        "machines/kafka/smoke-test.sh",
        ["--bootstrap", Kafka, "--ca", CaFile, "--password-file", passwordFile, "--kafka-home", KafkaHome]);

    internal Task<CommandResult> RolesAsync() => Command.ScriptAsync(
        "machines/cassandra/roles.sh",
        ["--host", CassandraHost, "--port", $"{CassandraPort}", "--ca", CaFile, "--secrets", Secrets, "--cqlsh", Cqlsh]);

    private async Task StartKafkaAsync()
    {
        Directory.CreateDirectory(Path.Combine(KafkaHome, "bin"));
        foreach (var (name, tool) in Commands)
        {
            WriteProgram(Path.Combine(KafkaHome, "bin", name), $"'{Path.Combine(EngineScripts.Folder, EngineScripts.Kafka)}' tool {tool}");
        }

        if (FreePorts.Take(3) is not [var client, var inner, var controller])
        {
            throw new InvalidOperationException("Three ports were expected.");
        }

        (ClientPort, InternalPort) = (client, inner);
        var node = _folder["kafka/node1"];
        (await Command.ScriptAsync(
            "machines/kafka/configure.sh",
            ["--dir", node, "--node", "1", "--host", "127.0.0.1", "--voters", $"1@127.0.0.1:{controller}", "--brokers", "kafka-1", "--tls", _folder["tls"], "--data", Path.Combine(node, "data"),
                "--bind", "127.0.0.1", "--client-port", $"{client}", "--internal-port", $"{inner}"])).Succeeded();
        (await Command.RunAsync(Path.Combine(KafkaHome, "bin/kafka-storage.sh"), "format", "--cluster-id", "c3RvY2thc3BpcmUtdGVzdA", "--config", Path.Combine(node, "server.properties"))).Succeeded();

        // What the engines' script finds it takes, and starts as it is.
        await File.WriteAllTextAsync(Path.Combine(node, "port"), $"{client}");
        await File.WriteAllTextAsync(_folder["kafka/nodes"], "1");
        await File.WriteAllTextAsync(_folder["kafka/bootstrap"], Kafka);
        await _kafka.StartAsync();
    }

    private async Task StartCassandraAsync()
    {
        WriteProgram(Cqlsh, $"/usr/bin/env dotnet '{Path.Combine(Checkout.Output("tests/hosts/Cqlsh.TestHost"), "StockAspire.Cqlsh.TestHost.dll")}'");
        if (FreePorts.Take(3) is not [var port, var storage, var management])
        {
            throw new InvalidOperationException("Three ports were expected.");
        }

        CassandraPort = port;
        var node = _folder["cassandra/node1"];
        (await Command.ScriptAsync(
            "machines/cassandra/configure.sh",
            ["--dir", node, "--name", "cassandra-1", "--address", CassandraHost, "--seeds", $"{CassandraHost}:{storage}", "--tls", _folder["tls"], "--data", Path.Combine(node, "kept"),
                "--port", $"{port}", "--storage-port", $"{storage}"])).Succeeded();
        Directory.CreateDirectory(Path.Combine(node, "tmp"));
        await File.WriteAllTextAsync(Path.Combine(node, "address"), CassandraHost);
        await File.WriteAllTextAsync(Path.Combine(node, "jmx"), $"{management}");
        await File.WriteAllTextAsync(_folder["cassandra/nodes"], "1");
        await File.WriteAllTextAsync(_folder["cassandra/port"], $"{port}");
        await _cassandra.StartAsync();
    }

    private static void WriteProgram(string file, string command)
    {
        File.WriteAllText(file, $"#!/bin/sh\nexec {command} \"$@\"\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
