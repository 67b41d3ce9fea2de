using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Query.Subscriptions;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Pipeline;

/// <summary>
/// Asks Kafka twice a second how far the topic and the Sink are, and answers status calls from what it last heard, also
/// while one side is down.
/// </summary>
internal sealed class PipelineMonitor(
    TickTail tail,
    SubscriptionHub hub,
    TopicOffsets offsets,
    Reachability reachability,
    QueryMetrics metrics,
    TimeProvider time,
    ILogger<PipelineMonitor> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly RateWindow _published = new(RateWindow);
    private readonly RateWindow _stored = new(RateWindow);
    private volatile Reading _reading = new([], [], 0);

    public async Task RunAsync(int partitions, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PollAsync(partitions, cancellationToken);
                if (reachability.Kafka.Reached())
                {
                    QueryLog.KafkaReached(logger, Topics.Ticks, partitions);
                }
            }
            catch (KafkaException exception)
            {
                if (reachability.Kafka.Failed(exception.Error.Reason))
                {
                    QueryLog.KafkaDown(logger, exception.Error.Reason);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public Wire.GetPipelineStatusResponse GetStatus()
    {
        var now = time.NowNs();
        var reading = _reading;
        var ledgers = tail.Ledgers;
        var response = new Wire.GetPipelineStatusResponse
        {
            DeadLetters = reading.DeadLetters,
            SinceNs = tail.SinceNs,
            Problems = { reachability.Problems },
        };
        for (var partition = 0; partition < reading.End.Length; partition++)
        {
            var ledger = partition < ledgers.Count ? ledgers[partition].Read() : default;
            var committed = Math.Max(0, reading.Committed[partition]);
            var age = ledger.OldestUnstoredNs is { } oldest ? Math.Max(0, (now - oldest) / UnixTime.NsPerMillisecond) : 0;
            response.Partitions.Add(new Wire.PartitionStatus
            {
                Partition = partition,
                PublishedOffset = reading.End[partition],
                CommittedOffset = committed,
                Lag = Math.Max(0, reading.End[partition] - committed),
                OldestUnstoredAgeMs = age,
                PublishedTicks = ledger.Published,
                StoredTicks = ledger.Stored,
            });
            response.PublishedTicks += ledger.Published;
            response.StoredTicks += ledger.Stored;
            response.OldestUnstoredAgeMs = Math.Max(response.OldestUnstoredAgeMs, age);
        }

        response.LagTicks = response.PublishedTicks - response.StoredTicks;
        response.PublishedPerSecond = _published.PerSecond;
        response.StoredPerSecond = _stored.PerSecond;
        return response;
    }

    private async Task PollAsync(int partitions, CancellationToken cancellationToken)
    {
        // Committed before end: what is published between the two answers may add to the lag, never take from it.
        var committed = await offsets.CommittedAsync(partitions, cancellationToken);
        var end = await offsets.EndAsync(Topics.Ticks, partitions, cancellationToken);
        var lettersEnd = await offsets.EndAsync(Topics.DeadLetters, 1, cancellationToken);
        var lettersBeginning = await offsets.BeginningAsync(Topics.DeadLetters, 1, cancellationToken);
        var ledgers = tail.Ledgers;
        long published = 0, stored = 0;
        for (var partition = 0; partition < ledgers.Count; partition++)
        {
            ledgers[partition].Commit(committed[partition]);
            var ledger = ledgers[partition].Read();
            published += ledger.Published;
            stored += ledger.Stored;
        }

        var at = time.GetElapsedTime(0, time.GetTimestamp());
        _published.Add(at, published);
        _stored.Add(at, stored);
        metrics.TailLag(hub.Positions().Zip(end, (position, last) => Math.Max(0, last - position)).Sum());
        _reading = new Reading(end, committed, lettersEnd[0] - lettersBeginning[0]);
    }

    private sealed record Reading(long[] End, long[] Committed, long DeadLetters);
}
