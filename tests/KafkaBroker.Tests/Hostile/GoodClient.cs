using System.Diagnostics;
using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>A client that behaves, beside others that do not: all that it asks is answered, and soon.</summary>
internal sealed class GoodClient(int port)
{
    private const string Topic = "good";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly List<TimeSpan> _latencies = [];
    private int _sent;

    /// <summary>99 of 100 answers came within this time.</summary>
    public TimeSpan P99 => _latencies.Order().ElementAt(_latencies.Count * 99 / 100);

    public TimeSpan Longest => _latencies.Max();

    public int RequestCount => _latencies.Count;

    public async Task RunAsync(CancellationToken stop)
    {
        using var client = await RawClient.ConnectAsync(port);
        await client.AskAsync(Convert.ToHexString(HostileCorpus.CreateTopic(Topic, ("retention.ms", "-1"))));
        while (!stop.IsCancellationRequested)
        {
            await AskAsync(client, HostileCorpus.Produce(Topic, TestBatch.Create(("k", "v"))), $"00000001 0004 676f6f64 00000001 00000000 0000 {_sent++:x16}");
            await AskAsync(client, HostileCorpus.ListOffsets(Topic, -1), $"00000001 0004 676f6f64 00000001 00000000 0000 ffffffffffffffff {_sent:x16}");
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task AskAsync(RawClient client, byte[] frame, string expected)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await client.AskAsync(Convert.ToHexString(frame));
        _latencies.Add(Stopwatch.GetElapsedTime(start));
        Assert.StartsWith("00000007" + expected.Replace(" ", "", StringComparison.Ordinal), answer, StringComparison.Ordinal);
    }
}
