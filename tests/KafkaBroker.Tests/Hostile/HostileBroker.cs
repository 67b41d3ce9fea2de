using System.Diagnostics;
using StockAspire.KafkaBroker.Tests.Apis;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>A broker under attack: with records that must stay as they are, a client that behaves, and bounds on memory.</summary>
internal sealed class HostileBroker : IAsyncDisposable
{
    private const string Topic = "precious";
    private const long HeapGrowthMax = 32 << 20;
    private const long ProcessGrowthMax = 768 << 20;

    /// <summary>A long way above what is seen, on machines that do much else: it tells disturbed from undisturbed.</summary>
    private static readonly TimeSpan P99Max = TimeSpan.FromSeconds(5);

    private readonly EmbeddedBroker _broker;
    private readonly RecordingLoggers _loggers;
    private readonly CancellationTokenSource _stop = new();
    private readonly GoodClient _client;
    private readonly Task _working;
    private string _records = "";
    private long _heapSize;
    private long _processSize;
    private long _processSizePeak;

    private HostileBroker(EmbeddedBroker broker, RecordingLoggers loggers)
    {
        (_broker, _loggers) = (broker, loggers);
        _client = new GoodClient(broker.Server.Port);
        _working = Task.Run(() => _client.RunAsync(_stop.Token));
    }

    public KafkaBrokerServer Server => _broker.Server;

    public static async Task<HostileBroker> StartAsync(Action<KafkaBrokerOptions>? configure = null)
    {
        var loggers = new RecordingLoggers();
        var broker = new HostileBroker(await EmbeddedBroker.StartAsync(
            o =>
            {
                (o.MaxTopics, o.MaxPartitions, o.MaxGroups, o.MaxGroupMembers) = (40, 400, 200, 50);
                (o.Fsync, o.MaintenanceInterval) = (FsyncMode.None, TimeSpan.FromSeconds(1));
                configure?.Invoke(o);
            },
            loggers), loggers);
        await broker.FillAsync();
        return broker;
    }

    /// <summary>Takes the memory that is used now as what is normal.</summary>
    public void MeasureMemory()
    {
        _heapSize = GC.GetTotalMemory(forceFullCollection: true);
        _processSize = _processSizePeak = ProcessSize();
    }

    /// <summary>To be called now and then: remembers the greatest size of the process.</summary>
    public void Watch() => _processSizePeak = Math.Max(_processSizePeak, ProcessSize());

    /// <summary>Checks that all is well after the attack, and returns what was measured.</summary>
    public async Task<string> CheckAsync()
    {
        Watch();
        await _stop.CancelAsync();
        await _working.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(_loggers.Errors.Count == 0, string.Join("\n", _loggers.Errors));
        Assert.Equal(_records, await ReadAsync());
        Assert.True(_client.P99 < P99Max, $"The good client waited: p99 {_client.P99}, longest {_client.Longest}");
        var heapSize = await SettledHeapSizeAsync();
        Assert.True(_processSizePeak - _processSize < ProcessGrowthMax, $"The process grew from {_processSize} to {_processSizePeak} bytes.");
        return $"good client: {_client.RequestCount} requests, p99 {_client.P99.TotalMilliseconds:f1} ms, longest {_client.Longest.TotalMilliseconds:f0} ms; "
            + $"heap {_heapSize >> 20} to {heapSize >> 20} MiB, process {_processSize >> 20} to at most {_processSizePeak >> 20} MiB";
    }

    /// <summary>What members of groups hold goes with their sessions, within seconds; what is left then has leaked.</summary>
    private async Task<long> SettledHeapSizeAsync()
    {
        var start = Stopwatch.GetTimestamp();
        long size;
        while ((size = GC.GetTotalMemory(forceFullCollection: true)) - _heapSize > HeapGrowthMax)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), $"The heap grew from {_heapSize} to {size} bytes.");
            await Task.Delay(500);
        }

        return size;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _broker.DisposeAsync();
        _stop.Dispose();
    }

    private async Task FillAsync()
    {
        using var client = await RawClient.ConnectAsync(Server.Port);
        await client.AskAsync(Convert.ToHexString(HostileCorpus.CreateTopic(Topic, ("retention.ms", "-1"))));
        for (var i = 0; i < 200; i++)
        {
            await client.AskAsync(Convert.ToHexString(HostileCorpus.Produce(Topic, TestBatch.Create(("key" + i, new string('v', i))))));
        }

        _records = await ReadAsync();
    }

    private async Task<string> ReadAsync()
    {
        using var client = await RawClient.ConnectAsync(Server.Port);
        var answer = await client.AskAsync(Convert.ToHexString(HostileCorpus.Fetch(Topic, 0, 1)));
        Assert.True(answer.Length > 200 * 60 * 2);
        return answer;
    }

    private static long ProcessSize()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
