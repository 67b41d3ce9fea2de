using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker;

/// <summary>What goes on beside the requests: flushing in fsync mode interval, retention of records and of groups, compaction.</summary>
internal sealed class BackgroundWork(KafkaBrokerOptions options, TopicCatalog topics, GroupCoordinator groups, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start()
    {
        var maintenance = RepeatAsync(options.MaintenanceInterval, Maintain, groups.Expire);
        var flushing = options.Fsync == FsyncMode.Interval ? RepeatAsync(options.FsyncInterval, log => log.Flush(), groups.Flush) : Task.CompletedTask;
        _running = Task.WhenAll(maintenance, flushing);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RepeatAsync(TimeSpan interval, Action<PartitionLog> work, Action workOnGroups)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (var log in topics.All.SelectMany(t => t.Partitions))
                {
                    _stopping.Token.ThrowIfCancellationRequested();
                    Run(work, log);
                }

                workOnGroups();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The broker stops.
        }
    }

    private void Run(Action<PartitionLog> work, PartitionLog log)
    {
        try
        {
            work(log);
        }
        catch (Exception e) when (e is ObjectDisposedException || (e is IOException && log.IsClosed))
        {
            // Its topic was deleted in between, its folder with it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk may be full or failing: the log serves on, and the next round tries again.
            BrokerLog.MaintenanceFailed(logger, log.Name, e);
        }
    }

    private void Maintain(PartitionLog log)
    {
        log.ApplyRetention();
        log.CompactIfDirty(options.CompactionDirtySizeMin);
    }
}
