using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StockAspire.TickStore;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>Waits until Kafka and the store answer, then consumes until the host stops.</summary>
internal sealed class SinkWorker(
    PartitionConsumer consumer,
    InstanceConflict conflict,
    TopicSetup topics,
    ITickStore store,
    SinkStatus status,
    IOptions<SinkOptions> options,
    TimeProvider time,
    ILogger<SinkWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var topicId = await UntilItAnswersAsync("Kafka", topics.EnsureAsync, stoppingToken).ConfigureAwait(false);
            var topicEpoch = await UntilItAnswersAsync("the store", cancel => PrepareStoreAsync(topicId, cancel), stoppingToken).ConfigureAwait(false);
            SinkLog.Started(logger, options.Value.Instance, Topics.Ticks, topicEpoch, consumer.BatchRows);
            await ConsumeAsync(topicEpoch, stoppingToken).ConfigureAwait(false);
            SinkLog.Stopped(logger);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            status.WaitFor("a restart: " + exception.Message);
            SinkLog.CannotGoOn(logger, exception.Message);
            throw;
        }
    }

    /// <summary>
    /// A member whose Kafka was away may be fenced by itself: it joins again while a commit of its old membership is still under way,
    /// which librdkafka takes for the end of the client. A new client goes on from what is committed. But two Sinks of one name would
    /// displace each other for ever: the one that was displaced ends.
    /// </summary>
    private async Task ConsumeAsync(int topicEpoch, CancellationToken stoppingToken)
    {
        while (true)
        {
            status.WaitFor("partitions");
            try
            {
                await OnThreadAsync(() => consumer.Run(topicEpoch, stoppingToken)).ConfigureAwait(false);
                return;
            }
            catch (KafkaException exception) when (exception.Error.Code == ErrorCode.FencedInstanceId)
            {
                SinkLog.Fenced(logger, options.Value.Instance, exception.Error.Reason);
                status.WaitFor("the end of the member that has its place");
                if (await conflict.ExistsAsync(stoppingToken).ConfigureAwait(false))
                {
                    throw new InvalidOperationException(
                        $"Another Sink runs with Sink:Instance {options.Value.Instance} and has displaced this one: each Sink needs a Sink:Instance of its own.");
                }
            }
        }
    }

    private async Task<int> PrepareStoreAsync(Guid topicId, CancellationToken cancellationToken)
    {
        await store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await store.RegisterTopicAsync(topicId, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> UntilItAnswersAsync<T>(string what, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        status.WaitFor(what);
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                return await ask(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is KafkaException or TickStoreUnavailableException)
            {
                SinkLog.Waiting(logger, what, exception.Message);
                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A thread of its own: polling blocks, and a pool thread must not.</summary>
    private static Task OnThreadAsync(Action run)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                run();
                ended.SetResult();
            }
            catch (Exception exception)
            {
                ended.SetException(exception);
            }
        })
        {
            Name = "sink-poll",
            IsBackground = true,
        };
        thread.Start();
        return ended.Task;
    }
}
