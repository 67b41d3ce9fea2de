using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StockAspire.Engines;

namespace StockAspire.Bench.Broker;

/// <summary>A broker in a process of its own, on a data folder of its own; it runs during all rounds, and idles while others are measured.</summary>
/// <param name="name">Its name in the table.</param>
internal abstract class Contender(string name) : IAsyncDisposable
{
    public string Name => name;

    public string BootstrapServers { get; protected set; } = "";

    /// <summary>Of the broker's own process.</summary>
    public abstract int Pid { get; }

    /// <summary>Whether it keeps all it takes; what a broker in memory drops cannot be read afterwards.</summary>
    public virtual bool IsDurable => true;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("stockaspire-bench-broker-").FullName;

    public abstract Task StartAsync();

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The executable of this repository's broker.</summary>
internal sealed class EmbeddedBroker(string fsync, string? folder = null) : Contender($"embedded, fsync {fsync}")
{
    private Process? _process;

    public Process Process => _process ?? throw new InvalidOperationException("It is not started.");

    public override int Pid => Process.Id;

    public static string Program => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "libs", "KafkaBroker", "bin", "Release", "net10.0", "stockaspire-broker.dll"));

    public override async Task StartAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Program, "--port", port, "--data", folder ?? Path.Combine(Folder, "data"), "--fsync", fsync])
        {
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        BootstrapServers = $"127.0.0.1:{port}";
        await AnswersAsync(IPEndPoint.Parse(BootstrapServers));
    }

    /// <summary>Stops it as Ctrl+C does, so that the next start is a clean one.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await Process.WaitForExitAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await StopAsync();
        }

        await base.DisposeAsync();
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private async Task AnswersAsync(IPEndPoint address)
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address);
                return;
            }
            catch (SocketException) when (!Process.HasExited)
            {
                await Task.Delay(5);
            }
        }
    }
}

/// <summary>Apache Kafka as <c>kafka.sh</c> starts it: one node, its defaults.</summary>
internal sealed class ApacheKafka(string engines) : Contender("Apache Kafka")
{
    private readonly RealKafka _kafka = new() { Scripts = engines };

    public override int Pid => _kafka.Pid(node: 1);

    public override async Task StartAsync()
    {
        await _kafka.StartAsync();
        BootstrapServers = _kafka.ContactPoints;
    }

    public override async ValueTask DisposeAsync()
    {
        await _kafka.DisposeAsync();
        await base.DisposeAsync();
    }
}
