using System.Diagnostics;
using Confluent.Kafka;
using Grpc.Core;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;

namespace StockAspire.Fault.Tests;

/// <summary>
/// A real day that goes in at a given rate, while it is read all the time and each reading is held against what the Sink has committed
/// before: a tick below the committed offset that is not there was committed early. Tells how long each went on for after a fault.
/// </summary>
internal sealed class WatchedLoad : IAsyncDisposable
{
    private const long DayNs = 86_400_000_000_000;

    /// <summary>Servers start in minutes on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly Pipeline _pipeline;
    private readonly ITestOutputHelper _output;
    private readonly List<TradeRow> _trades;
    private readonly string _source;
    private readonly CommittedTicks _committed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Standstill _acknowledging = new();
    private readonly Standstill _storing = new();
    private readonly Standstill _reading = new();
    private readonly string _processes;
    private readonly Task[] _watches;
    private ulong _acknowledged;
    private ulong _stored;
    private long _readings;

    private WatchedLoad(Pipeline pipeline, ITestOutputHelper output, List<TradeRow> trades, string source, Dictionary<int, long> starts)
    {
        (_pipeline, _output, _trades, _source) = (pipeline, output, trades, source);
        _committed = new CommittedTicks(pipeline.Kafka, source, starts);
        _processes = pipeline.Processes;
        _watches = [.. new[] { AcknowledgeAsync, StoreAsync, (Func<Task>)ReadAsync }.Select(ask => Task.Run(() => RepeatAsync(ask)))];
    }

    /// <summary>Ticks that Ingest has acknowledged: in Kafka, and sealed.</summary>
    public ulong Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Where the ticks are; null before the first was sent.</summary>
    public TopicPartition? Partition => _committed.Partition;

    /// <summary>Ticks that the Sink has committed.</summary>
    public ulong Stored => Volatile.Read(ref _stored);

    private long Readings => Volatile.Read(ref _readings);

    /// <param name="pipeline">Where to.</param>
    /// <param name="file">A day of one symbol that this pipeline has not loaded yet.</param>
    /// <param name="rate">Ticks a second.</param>
    /// <param name="output">Gets the times.</param>
    public static async Task<WatchedLoad> StartAsync(Pipeline pipeline, string file, long rate, ITestOutputHelper output)
    {
        var trades = TradeRow.ReadZip(Repository.RealTrades(file));
        var starts = TopicEnds.Read(pipeline.Kafka);
        var started = await new IngestService.IngestServiceClient(pipeline.Ingest).StartLoadAsync(new StartLoadRequest { Path = file, Mode = LoadMode.Load, Rate = rate });
        var load = new WatchedLoad(pipeline, output, trades, started.Load.Load_, starts);
        await load.GoesOnAsync("at first");
        return load;
    }

    /// <summary>Waits until so many more ticks are acknowledged, stored and read as there are; prints how long that took.</summary>
    public async Task GoesOnAsync(string when, ulong ticks = 500)
    {
        var started = Stopwatch.GetTimestamp();
        var (acknowledged, stored, readings) = (Acknowledged, Stored, Readings);
        var acknowledging = await WaitAsync(() => Acknowledged >= Goal(acknowledged));
        var storing = await WaitAsync(() => Stored >= Goal(stored));

        // One may have been under way.
        var reading = await WaitAsync(() => Readings >= readings + 2);
        _output.WriteLine($"{when}: {ticks} more ticks acknowledged after {acknowledging:F1} s, stored after {storing:F1} s, read after {reading:F1} s");

        ulong Goal(ulong from) => Math.Min(from + ticks, (ulong)_trades.Count);

        async Task<double> WaitAsync(Func<bool> condition)
        {
            await Eventually.TrueAsync(
                $"{when}, {ticks} more ticks; now {Acknowledged} are acknowledged, {Stored} stored, {Readings} readings",
                () => Task.FromResult(condition() || _watches.Any(watch => watch.IsFaulted)),
                Limit);
            await ThrowFaultAsync();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }

    /// <summary>Waits until so many more ticks are acknowledged, whatever becomes of them.</summary>
    public async Task AcknowledgesAsync(ulong ticks)
    {
        var goal = Math.Min(Acknowledged + ticks, (ulong)_trades.Count);
        await Eventually.TrueAsync($"{goal} ticks acknowledged", () => Task.FromResult(Acknowledged >= goal || _watches.Any(watch => watch.IsFaulted)), Limit);
        await ThrowFaultAsync();
    }

    /// <summary>The end of the day: all of it is there exactly once, and no service had to be started again.</summary>
    public async Task EndsExactlyAsync(string what)
    {
        var count = (ulong)_trades.Count;
        await Eventually.TrueAsync(
            $"the end of the day ({what})", () => Task.FromResult((Acknowledged == count && Stored == count) || _watches.Any(watch => watch.IsFaulted)), Limit);
        await ThrowFaultAsync();
        _output.WriteLine(
            $"{what}: longest standstill of acknowledging {_acknowledging.Longest.TotalSeconds:F1} s, of storing {_storing.Longest.TotalSeconds:F1} s, of reading {_reading.Longest.TotalSeconds:F1} s");
        await StopAsync();
        await StoredDay.AssertExactAsync(_pipeline, _trades, _source, what);
        var processes = _pipeline.Processes;
        Assert.True(_processes == processes, $"{what}: services were started again. {_processes} became {processes}\n{_pipeline.HostLog}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _committed.Dispose();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ThrowFaultAsync()
    {
        foreach (var watch in _watches.Where(watch => watch.IsFaulted))
        {
            await watch;
        }
    }

    /// <summary>Again and again until the end; a service or Kafka that does not answer is asked again.</summary>
    private async Task RepeatAsync(Func<Task> ask)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ask();
            }
            catch (Exception exception) when (exception is KafkaException or RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded })
            {
            }

            await Task.Delay(Between, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AcknowledgeAsync()
    {
        var load = (await new IngestService.IngestServiceClient(_pipeline.Ingest).GetLoadAsync(new GetLoadRequest { Load = _source })).Load;
        Assert.NotEqual(LoadState.Failed, load.Record.State);
        Move(ref _acknowledged, load.RowsSealed, _acknowledging);
    }

    private Task StoreAsync()
    {
        Move(ref _stored, _committed.ReadThrough(), _storing);
        return Task.CompletedTask;
    }

    private async Task ReadAsync()
    {
        var startNs = _trades[0].EventTimeNs - (_trades[0].EventTimeNs % DayNs);
        var stored = Stored;
        var rows = await new TickReader(_pipeline).QueryAsync(_trades[0].Symbol, startNs, startNs + DayNs);
        var own = rows.Where(row => row.Source == _source && row.Sequence <= stored).Select(row => row.Sequence).ToList();
        Assert.True((ulong)own.Count == stored, $"the Sink had committed {stored} ticks, and {own.Count} of them were there");
        Assert.Equal(own.Count, own.Distinct().Count());
        Volatile.Write(ref _readings, Readings + 1);
        _reading.Moved();
    }

    /// <summary>What has reached its end does not stand still.</summary>
    private void Move(ref ulong reached, ulong now, Standstill standstill)
    {
        if (now > reached || now == (ulong)_trades.Count)
        {
            Volatile.Write(ref reached, now);
            standstill.Moved();
        }
    }
}
