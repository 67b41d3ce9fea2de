using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace StockAspire.KafkaBroker;

/// <summary>What the executable does; each returns the exit code.</summary>
internal static class BrokerCommands
{
    public static int Help()
    {
        Console.Out.WriteLine(BrokerCommandLine.Usage);
        return 0;
    }

    public static int HashUser(string name)
    {
        try
        {
            Console.Out.WriteLine(KafkaBrokerServer.HashUser(name, Console.In.ReadLine() ?? ""));
            return 0;
        }
        catch (FormatException e)
        {
            throw BrokerStartException.CommandLine($"--hash-user: {e.Message}");
        }
    }

    public static async Task<int> CheckAsync(string address, bool tls)
    {
        var (host, port) = BrokerCommandLine.ParseAddress("--check", address, defaultPort: null);
        var problem = await BrokerProbe.AskAsync(host, port, tls);
        await Console.Out.WriteLineAsync(problem is null ? $"{address} serves" : $"{address} does not serve: {problem}");
        return problem is null ? 0 : 1;
    }

    /// <summary>Runs a broker until SIGTERM or Ctrl+C.</summary>
    public static async Task<int> RunAsync(KafkaBrokerOptions options)
    {
        var stop = new TaskCompletionSource();
        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var loggers = LoggerFactory.Create(logging => logging.AddOtlp().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        }));
        using var metrics = BrokerTelemetry.StartMetrics();
        await using var broker = await KafkaBrokerServer.StartAsync(options, loggers);
        await stop.Task;
        return 0;
    }
}
