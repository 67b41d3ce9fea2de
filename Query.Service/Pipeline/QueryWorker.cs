using Confluent.Kafka;
using StockAspire.Query.Sources;
using StockAspire.TickStore;
using StockAspire.TickStream;

namespace StockAspire.Query.Pipeline;

/// <summary>
/// Reaches the store and Kafka, each by itself and again and again until it answers, then keeps the tail, the tables of
/// seals and sources and the status going. A store or topic of another shape than configured ends the service.
/// </summary>
internal sealed class QueryWorker(
    ITickStore store,
    TopicSetup topics,
    SourceTable sources,
    TickTail tail,
    PipelineMonitor monitor,
    Reachability reachability,
    TimeProvider time,
    ILogger<QueryWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] sides = [WatchStoreAsync(stop.Token), FollowKafkaAsync(stop.Token)];
        await RunAsync(sides, stop);
    }

    /// <summary>Runs until one of the tasks ends, which none does by itself: it failed, or all were cancelled.</summary>
    private static async Task RunAsync(Task[] tasks, CancellationTokenSource stop)
    {
        try
        {
            await await Task.WhenAny(tasks);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchStoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (reachability.Store.ReachedOnce)
                {
                    await store.ListSymbolsAsync(string.Empty, 1, cancellationToken);
                }
                else
                {
                    await store.InitializeAsync(cancellationToken);
                }

                if (reachability.Store.Reached())
                {
                    QueryLog.StoreReached(logger);
                }
            }
            catch (TickStoreUnavailableException exception)
            {
                if (reachability.Store.Failed(exception.Message))
                {
                    QueryLog.StoreDown(logger, exception.Message);
                }
            }

            await Task.Delay(reachability.Store.Problem is null ? Probe : Retry, time, cancellationToken);
        }
    }

    private async Task FollowKafkaAsync(CancellationToken cancellationToken)
    {
        var partitions = await PrepareTopicsAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] followers = [sources.RunAsync(stop.Token), FollowTailAsync(partitions, stop.Token), monitor.RunAsync(partitions, stop.Token)];
        await RunAsync(followers, stop);
    }

    /// <summary>Partitions of topic <c>ticks</c>.</summary>
    private async Task<int> PrepareTopicsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await topics.EnsureAsync(cancellationToken);
                return (await topics.FindAsync(Topics.Ticks, cancellationToken)).Partitions;
            }
            catch (KafkaException exception)
            {
                Failed(exception);
            }

            await Task.Delay(Retry, time, cancellationToken);
        }
    }

    private async Task FollowTailAsync(int partitions, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await tail.RunAsync(partitions, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (KafkaException exception)
            {
                Failed(exception);
            }

            await Task.Delay(Retry, time, cancellationToken);
        }
    }

    private void Failed(KafkaException exception)
    {
        if (reachability.Kafka.Failed(exception.Error.Reason))
        {
            QueryLog.KafkaDown(logger, exception.Error.Reason);
        }
    }
}
