using Confluent.Kafka;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Normalising;

/// <summary>
/// One life of the group member that reads <c>ticks.raw</c>. All calls of the client come from one thread. Where a partition
/// begins is decided by its source's seals, not by the committed offsets, which only show the lag.
/// </summary>
internal sealed class RawConsumer(
    KafkaClients clients, SessionRegistry sessions, Guid topicId, string instance, long maxFutureSkewNs, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TopicPartition, RawPartition> _partitions = [];
    private long _lastCommit;
    private CancellationToken _stop;

    /// <summary>Reads until stopped.</summary>
    /// <exception cref="KafkaException">The member cannot go on; another may be made.</exception>
    public void Run(CancellationToken stop)
    {
        _stop = stop;
        using var consumer = clients.BuildGroupConsumer(ConsumerGroups.Normaliser, ConsumerGroups.Normaliser, instance)
            .SetPartitionsAssignedHandler((_, assigned) => assigned.Select(Open).ToList())
            .SetPartitionsRevokedHandler((member, revoked) => Close(member, revoked.Select(position => position.TopicPartition), commits: true))
            .SetPartitionsLostHandler((member, lost) => Close(member, lost.Select(position => position.TopicPartition), commits: false))
            .Build();
        consumer.Subscribe(Topics.Raw);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Step(consumer);
            }
        }
        finally
        {
            // Leaves the group in order, by way of the revoked handler.
            consumer.Close();
        }
    }

    private void Step(IConsumer<byte[], byte[]> consumer)
    {
        var message = Consume(consumer, _partitions.Values.Any(partition => partition.IsPaused) ? TimeSpan.FromMilliseconds(5) : Poll);
        var eventTimeMaxNs = time.NowNs() + maxFutureSkewNs;
        for (; message is not null; message = Consume(consumer, TimeSpan.Zero))
        {
            if (message.IsPartitionEOF || !_partitions.TryGetValue(message.TopicPartition, out var partition))
            {
                continue;
            }

            partition.Add(message, eventTimeMaxNs);
            if (partition.IsFull)
            {
                break;
            }
        }

        foreach (var partition in _partitions.Values)
        {
            FlushOrPause(consumer, partition);
        }

        CommitSometimes(consumer);
    }

    private ConsumeResult<byte[], byte[]>? Consume(IConsumer<byte[], byte[]> consumer, TimeSpan timeout)
    {
        try
        {
            return consumer.Consume(timeout);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal)
        {
            // The client reconnects by itself; the position stays where it was.
            IngestLog.RawReadFailed(logger, exception.Error.Reason);
            _stop.WaitHandle.WaitOne(Poll);
            return null;
        }
    }

    private void FlushOrPause(IConsumer<byte[], byte[]> consumer, RawPartition partition)
    {
        if (partition.Session.Completion.IsFaulted)
        {
            partition.Session.Completion.GetAwaiter().GetResult();
        }

        // A session that is closed belongs to a service that is stopping.
        var isClosed = partition.Session.Closed.IsCancellationRequested;
        if (partition.Sending.IsCompleted && !isClosed)
        {
            partition.Flush(_stop);
        }

        var mustPause = isClosed || !partition.Sending.IsCompleted;
        if (mustPause != partition.IsPaused)
        {
            partition.IsPaused = mustPause;
            if (mustPause)
            {
                consumer.Pause([partition.Partition]);
            }
            else
            {
                consumer.Resume([partition.Partition]);
            }
        }
    }

    private TopicPartitionOffset Open(TopicPartition partition)
    {
        var source = SourceName.Kafka(topicId, partition.Partition.Value);

        // The handler's thread is this consumer's own, and nothing else may happen meanwhile.
        var session = sessions.OpenAsync(new SessionRequest { Source = source, First = 0, Acknowledged = _ => { } }, _stop)
            .GetAwaiter().GetResult();
        _partitions[partition] = new RawPartition(partition, session, sessions.CreateEncoder(session));
        IngestLog.StreamOpened(logger, source, session.Epoch, session.Next);
        return new TopicPartitionOffset(partition, session.Next == 0 ? Offset.Beginning : new Offset((long)session.Next));
    }

    private void Close(IConsumer<byte[], byte[]> consumer, IEnumerable<TopicPartition> partitions, bool commits)
    {
        var closing = new List<RawPartition>();
        foreach (var partition in partitions)
        {
            if (_partitions.Remove(partition, out var closed))
            {
                closed.Session.Close();
                closing.Add(closed);
            }
        }

        if (commits && Task.WaitAll([.. closing.Select(partition => partition.Session.Completion)], Drain))
        {
            Commit(consumer, closing);
        }
    }

    private void CommitSometimes(IConsumer<byte[], byte[]> consumer)
    {
        if (time.GetElapsedTime(_lastCommit) >= CommitInterval)
        {
            _lastCommit = time.GetTimestamp();
            Commit(consumer, _partitions.Values);
        }
    }

    private void Commit(IConsumer<byte[], byte[]> consumer, IEnumerable<RawPartition> partitions)
    {
        List<TopicPartitionOffset> offsets = [];
        foreach (var partition in partitions)
        {
            if (partition.TakeCommit() is { } offset)
            {
                offsets.Add(offset);
            }
        }

        try
        {
            if (offsets.Count > 0)
            {
                consumer.Commit(offsets);
            }
        }
        catch (KafkaException exception) when (!exception.Error.IsFatal)
        {
            // Only the shown lag is wrong until the next commit: the seals say where to go on.
            IngestLog.RawCommitFailed(logger, exception.Error.Reason);
        }
    }
}
