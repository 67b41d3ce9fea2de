using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using StockAspire.Feeds;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Loads;

/// <summary>
/// Starts loads and goes on with the unfinished ones of this instance. A load is known by its source; its record is
/// acknowledged before its first tick. Thread-safe.
/// </summary>
internal sealed class LoadManager(
    LoadRunner runner, SourceCatalog catalog, CsvRoot root, KafkaStartup kafka, IOptions<IngestOptions> options, TimeProvider time, ILogger<LoadManager> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, LoadRun> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starting = new(1);
    private readonly CancellationTokenSource _stop = new();

    private string Instance => options.Value.Instance;

    /// <summary>Starts a load; where it runs already, that one.</summary>
    /// <exception cref="FeedException">The file cannot be read as ticks.</exception>
    /// <exception cref="Grpc.Core.RpcException">The path leads nowhere or out of the root.</exception>
    public async Task<LoadRun> StartAsync(LoadSpec spec, CancellationToken cancellationToken)
    {
        kafka.ThrowIfNotReady();
        var path = root.Resolve(spec.Path);
        await catalog.CaughtUpAsync(cancellationToken);
        await _starting.WaitAsync(cancellationToken);
        try
        {
            var record = await Task.Run(() => NewRecord(spec, path), cancellationToken);
            if (_runs.TryGetValue(record.Source, out var running) && !running.Completion.IsCompleted)
            {
                return running;
            }

            var again = catalog.Find(record.Source) is { State: LoadState.Done };
            await catalog.WriteAsync(record, cancellationToken);
            return Run(spec with { Mapping = Feeds.Mapping.FeedMapping.ParseCanonical(record.Mapping) }, path, record, again);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Goes on with a load whose record says that it runs.</summary>
    public LoadRun Resume(SourceRecord record)
    {
        var spec = LoadSpec.From(record);
        return Run(spec, root.Resolve(record.Path), record, again: false);
    }

    /// <summary>The load of a source, from its progress in this process or from its record; null where there is none.</summary>
    public Load? Find(string source) =>
        _runs.TryGetValue(source, out var run) ? run.ToLoad() : catalog.Find(source) is { } record ? ToLoad(record) : null;

    /// <summary>All loads, newest first.</summary>
    public IEnumerable<Load> List() => catalog.All
        .OrderByDescending(record => record.CreatedAtNs)
        .ThenBy(record => record.Source, StringComparer.Ordinal)
        .Select(record => Find(record.Source)!);

    /// <summary>Ends a running load of this process; false where it does not run here.</summary>
    public async Task<bool> CancelAsync(string source, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(source, out var run) || run.Completion.IsCompleted)
        {
            return false;
        }

        run.Cancel();
        await run.Completion.WaitAsync(cancellationToken);
        return true;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs.Values.Select(run => run.Completion)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _stop.Dispose();
        _starting.Dispose();
        foreach (var run in _runs.Values)
        {
            run.Dispose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await kafka.Ready.WaitAsync(stoppingToken);
        foreach (var record in catalog.All.Where(record => IsMine(record) && record.Feed.Length == 0).ToArray())
        {
            Guarded(record.Source, () => Resume(record));
        }

        foreach (var (name, feed) in options.Value.Feeds.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            await StartFeedAsync(name, feed, stoppingToken);
        }
    }

    private async Task StartFeedAsync(string name, FeedOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var spec = LoadSpec.From(name, options);
            if (await FindUnfinishedAsync(spec, cancellationToken) is { } record)
            {
                Resume(record);
                return;
            }

            if (spec.IsFileIdentity && NewRecord(spec, root.Resolve(spec.Path)) is var wanted && catalog.Find(wanted.Source) is { State: LoadState.Done })
            {
                IngestLog.FeedDone(logger, name, wanted.Source);
                return;
            }

            await StartAsync(spec, cancellationToken);
        }
        catch (Exception exception) when (exception is FeedException or Grpc.Core.RpcException)
        {
            IngestLog.FeedRefused(logger, name, exception is Grpc.Core.RpcException rpc ? rpc.Status.Detail : exception.Message);
        }
    }

    /// <summary>The feed's run to go on with. One that was configured otherwise, or is too long ago to catch up with, is closed.</summary>
    private async Task<SourceRecord?> FindUnfinishedAsync(LoadSpec spec, CancellationToken cancellationToken)
    {
        SourceRecord? unfinished = null;
        foreach (var record in catalog.All.Where(record => IsMine(record) && record.Feed == spec.Feed).OrderBy(record => record.CreatedAtNs).ToArray())
        {
            var isSame = record.Path == spec.Path && record.Mode == spec.Mode && record.IntervalNs == spec.IntervalNs &&
                record.SpeedE9 == spec.SpeedE9 && record.Loop == spec.Loop && (spec.Seed == 0 || record.Seed == spec.Seed);
            if (isSame && unfinished is null && (spec.Mode != LoadMode.Sample || runner.IsRecent(record)))
            {
                unfinished = record;
                continue;
            }

            var closed = record.Clone();
            closed.State = isSame ? LoadState.Done : LoadState.Cancelled;
            await catalog.WriteAsync(closed, cancellationToken);
        }

        return unfinished;
    }

    private bool IsMine(SourceRecord record) => record.Owner == Instance && record.State == LoadState.Running;

    private LoadRun Run(LoadSpec spec, string path, SourceRecord record, bool again)
    {
        var run = new LoadRun(spec, path, record, again);
        _runs[record.Source] = run;
        run.Completion = Task.Run(() => runner.RunAsync(run, _stop.Token), CancellationToken.None);
        return run;
    }

    private void Guarded(string name, Action start)
    {
        try
        {
            start();
        }
        catch (Exception exception) when (exception is FeedException or Grpc.Core.RpcException)
        {
            IngestLog.FeedRefused(logger, name, exception is Grpc.Core.RpcException rpc ? rpc.Status.Detail : exception.Message);
        }
    }

    /// <summary>The record of a load that begins now, with the file's mapping as it was recognised.</summary>
    private SourceRecord NewRecord(LoadSpec spec, string path)
    {
        using var file = FeedFile.Open(path);
        using var reader = FeedReader.Open(file, spec.Mapping);
        var nowNs = time.NowNs();
        return new SourceRecord
        {
            Source = spec.IsFileIdentity ? reader.Source : SourceName.Run(Ulid.NewUlid(time.GetUtcNow()).ToString()),
            Mode = spec.Mode,
            Path = spec.Path,
            ContentHash = LoadRun.HashText(file),
            Mapping = reader.Mapping.CanonicalText,
            Seed = spec.Mode == LoadMode.Sample && spec.Seed == 0 ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) : spec.Seed,
            BaseTimeNs = spec.IsFileIdentity ? 0 : nowNs,
            IntervalNs = spec.IntervalNs,
            SpeedE9 = spec.SpeedE9,
            Loop = spec.Loop,
            Owner = Instance,
            State = LoadState.Running,
            CreatedAtNs = nowNs,
            Rate = spec.Rate,
            Feed = spec.Feed,
        };
    }

    private static Load ToLoad(SourceRecord record) => new()
    {
        Load_ = record.Source,
        Record = record,
        RowsRead = record.Accepted + record.Rejected,
        RowsSealed = record.Accepted,
        RowsRejected = record.Rejected,
    };
}
