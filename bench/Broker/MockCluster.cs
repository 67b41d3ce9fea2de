using System.Diagnostics;
using Confluent.Kafka;

namespace StockAspire.Bench.Broker;

/// <summary>librdkafka's built-in mock cluster in a process of its own: in memory, in C, and it drops what it has no room for.</summary>
internal sealed class MockCluster() : Contender("librdkafka mock")
{
    public const string Verb = "mock-cluster";

    private Process? _process;

    public override int Pid => _process!.Id;

    public override bool IsDurable => false;

    /// <summary>Serves a mock cluster until standard input ends; its address is the first line of standard output.</summary>
    public static async Task ServeAsync()
    {
        var config = new AdminClientConfig { BootstrapServers = "unused" };
        config.Set("test.mock.num.brokers", "1");
        using var client = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
        var broker = client.GetMetadata(TimeSpan.FromSeconds(30)).Brokers[0];
        Console.WriteLine($"{broker.Host}:{broker.Port}");
        await Console.In.ReadToEndAsync();
    }

    public override async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MockCluster).Assembly.Location, Verb]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        BootstrapServers = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The mock cluster did not start.");
    }

    public override async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }

        await base.DisposeAsync();
    }
}
