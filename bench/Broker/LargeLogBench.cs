using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace StockAspire.Bench.Broker;

/// <summary>
/// The embedded broker with a large log: its peak memory while it is written and read whole, and the time from its start on it to
/// the first connection that is taken, after a clean stop and after kill -9.
/// </summary>
internal static class LargeLogBench
{
    private const int ValueSize = 10_000;
    private const string Topic = "large";

    public static int ParseGigabytes(IReadOnlyList<string> arguments) => arguments switch
    {
        [] => 10,
        ["--gigabytes", var value] => int.Parse(value, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"Unknown option {arguments[0]}; see --help."),
    };

    public static async Task RunAsync(int gigabytes)
    {
        var folder = Directory.CreateTempSubdirectory("stockaspire-bench-large-").FullName;
        try
        {
            await using (var first = new EmbeddedBroker("none", folder))
            {
                await first.StartAsync();
                var loads = new ClientLoads(first.BootstrapServers, Topic);
                await loads.CreateTopicAsync();
                Fill(first.BootstrapServers, gigabytes * 1_000_000_000L / ValueSize);
                Report("written", first.Process);
                await first.StopAsync();
            }

            var bytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on disk: {bytes / 1e9:f2} GB"));
            await using (var second = new EmbeddedBroker("none", folder))
            {
                await StartAsync("started after a clean stop", second);
                var count = gigabytes * 1_000_000_000L / ValueSize;
                var rate = new ClientLoads(second.BootstrapServers, Topic).Consume((int)count);
                Report(string.Create(CultureInfo.InvariantCulture, $"read at {rate * ValueSize / 1e6:n0} MB/s"), second.Process);
                second.Process.Kill();
                await second.Process.WaitForExitAsync();
            }

            await using var third = new EmbeddedBroker("none", folder);
            await StartAsync("started after kill -9", third);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task StartAsync(string what, EmbeddedBroker broker)
    {
        var clock = Stopwatch.StartNew();
        await broker.StartAsync();
        Report(string.Create(CultureInfo.InvariantCulture, $"{what} in {clock.Elapsed.TotalSeconds:f2} s, the runtime's start included"), broker.Process);
    }

    private static void Report(string what, Process process)
    {
        var peak = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        var kilobytes = long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1], CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}; peak memory {kilobytes / 1024} MiB"));
    }

    private static void Fill(string bootstrapServers, long count)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            Acks = Acks.All,
            EnableIdempotence = true,
            BatchSize = 512 * 1024,
            QueueBufferingMaxKbytes = 64 * 1024,
        }).Build();
        var message = new Message<Null, byte[]> { Value = new byte[ValueSize] };
        new Random(1).NextBytes(message.Value);
        for (var i = 0L; i < count;)
        {
            try
            {
                producer.Produce(Topic, message);
                i++;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(1));
            }
        }

        producer.Flush(TimeSpan.FromMinutes(5));
    }
}
