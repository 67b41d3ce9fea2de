using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace StockAspire.Bench.Broker;

/// <summary>Kafka's own performance tools, through <c>kafka.sh tool</c>; they time themselves, without the start of the JVM.</summary>
internal sealed partial class JavaTools(string engines, string bootstrapServers, string topic)
{
    /// <summary>Messages per second; NaN if the tool fails on this broker.</summary>
    public async Task<double> ProduceAsync(int count)
    {
        var output = await RunAsync(
            "producer-perf", "--topic", topic, "--num-records", Text(count), "--record-size", Text(ClientLoads.MessageSize), "--throughput", "-1",
            "--producer-props", $"bootstrap.servers={bootstrapServers}", "acks=all", "linger.ms=5", "batch.size=131072");
        var rates = ProducerRate().Matches(output);
        return rates.Count == 0 ? double.NaN : double.Parse(rates[^1].Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Messages per second while fetching; NaN if the tool fails on this broker.</summary>
    public async Task<double> ConsumeAsync(int count)
    {
        var output = await RunAsync("consumer-perf", "--bootstrap-server", bootstrapServers, "--topic", topic, "--num-records", Text(count), "--hide-header");
        var fields = output.Split('\n').Select(l => l.Split(',', StringSplitOptions.TrimEntries)).LastOrDefault(f => f.Length >= 10);
        return fields is not null && double.TryParse(fields[9], CultureInfo.InvariantCulture, out var rate) ? rate : double.NaN;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"records sent, ([0-9.]+) records/sec")]
    private static partial Regex ProducerRate();

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(engines, "kafka.sh"), ["tool", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            return await process.StandardOutput.ReadToEndAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return "";
        }
    }
}
