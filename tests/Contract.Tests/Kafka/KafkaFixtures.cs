using System.Diagnostics;
using StockAspire.KafkaBroker;

namespace StockAspire.Contract.Tests.Kafka;

/// <summary>A Kafka that lives as long as its test class.</summary>
public interface IKafkaFixture
{
    /// <summary>Why there is no such Kafka here; null if there is.</summary>
    string? SkipReason { get; }

    string BootstrapServers { get; }
}

/// <summary>One that can end and start again at its address, with what it has stored.</summary>
public interface IRestartableKafkaFixture : IKafkaFixture
{
    Task RestartAsync();
}

/// <summary>The broker of this repository, in process.</summary>
public sealed class EmbeddedKafka : IRestartableKafkaFixture, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("contract-kafka-").FullName;
    private KafkaBrokerServer _broker = null!;

    public string? SkipReason => null;

    public string BootstrapServers => _broker.BootstrapServers;

    public async ValueTask InitializeAsync() => _broker = await StartAsync(port: 0);

    public async Task RestartAsync()
    {
        await _broker.DisposeAsync();
        _broker = await StartAsync(_broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private Task<KafkaBrokerServer> StartAsync(int port) => KafkaBrokerServer.StartAsync(new KafkaBrokerOptions { DataDirectory = _directory, Port = port });
}

/// <summary>
/// Apache Kafka itself, started by <c>kafka.sh</c> in the folder that STOCKASPIRE_ENGINES names, or in <c>shared/engines</c> beside
/// the repository.
/// </summary>
public sealed class ApacheKafka : IRestartableKafkaFixture, IAsyncLifetime
{
    private readonly string[] _options;
    private readonly string _directory = Directory.CreateTempSubdirectory("contract-apache-kafka-").FullName;
    private readonly string? _script = FindScript();

    public ApacheKafka()
        : this([])
    {
    }

    internal ApacheKafka(params string[] options) => _options = options;

    internal string NodeDirectory => Path.Combine(_directory, "node");

    public string? SkipReason => _script is null ? "Apache Kafka is not at hand: no kafka.sh in STOCKASPIRE_ENGINES or ../shared/engines." : null;

    public string BootstrapServers { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (_script is not null)
        {
            BootstrapServers = (await RunAsync("start", _options)).Trim().Split('\n')[^1];
        }
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public async Task RestartAsync()
    {
        await RunAsync("kill", "1");
        await RunAsync("up", "1");
    }

    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
        {
            await RunAsync("stop");
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string? FindScript()
    {
        var named = Environment.GetEnvironmentVariable("STOCKASPIRE_ENGINES");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null && named is null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StockAspire.sln")))
            {
                named = Path.Combine(folder.FullName, "..", "shared", "engines");
            }
        }

        var found = named is null ? null : Path.Combine(named, "kafka.sh");
        return File.Exists(found) ? found : null;
    }

    private async Task<string> RunAsync(string verb, params string[] options)
    {
        // The broker outlives the script and would keep a redirected pipe open: the output goes through a file.
        var output = Path.Combine(_directory, "out");
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", "out=\"$1\"; shift; \"$0\" \"$@\" >\"$out\" 2>&1", _script!, output, verb, NodeDirectory } };
        Array.ForEach(options, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        var text = await File.ReadAllTextAsync(output);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"kafka.sh {verb} failed: {text}");
    }
}

public sealed class EmbeddedKafkaContractTests(EmbeddedKafka fixture) : KafkaContract(fixture), IClassFixture<EmbeddedKafka>;

public sealed class ApacheKafkaContractTests(ApacheKafka fixture) : KafkaContract(fixture), IClassFixture<ApacheKafka>;
