using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using StockAspire.Market.Blocks;
using StockAspire.TickStore;
using StockAspire.TickStream;

namespace StockAspire.Sink;

/// <summary>
/// The group member: polls on one thread, hands records to the pipeline of their partition, keeps librdkafka told what
/// is stored (it commits that every 200 ms, and when a partition or the group is left), and pauses what is full. Every
/// assignment makes new pipelines. For one <see cref="Run"/> at a time.
/// </summary>
internal sealed class PartitionConsumer(
    KafkaClients clients,
    BatchWriter writer,
    ITickStore store,
    SinkStatus status,
    IOptions<SinkOptions> options,
    TimeProvider time,
    ILogger<PartitionConsumer> logger)
{
    /// <summary>Bounds the memory of large batches; some 13 MB. A store that wants such batches writes one at a time anyway.</summary>
    private const int RowsInFlightMax = 131_072;

    private static readonly TimeSpan PollMax = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TendInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long polling waits for a full pipeline. Pausing a partition throws away what librdkafka has fetched of it, so
    /// a store that is only slow must not cause it; one that is down does, since polling must go on for the group.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly SinkOptions _options = options.Value;
    private readonly TickBlockReader _reader = new();
    private readonly Dictionary<int, PartitionPipeline> _pipelines = [];
    private readonly Dictionary<int, long> _reported = [];
    private readonly HashSet<int> _paused = [];
    private int _topicEpoch;
    private long _tendedAt;
    private long _progressAt;
    private bool _isProgressDue;

    public int BatchRows => _options.BatchRows > 0 ? _options.BatchRows : store.PreferredBatchRows;

    /// <summary>Consumes on the calling thread until told to stop; then drains, commits and leaves.</summary>
    /// <exception cref="KafkaException">The client cannot go on, such as with <c>FencedInstanceId</c> after its <c>Sink:Instance</c> joined anew.</exception>
    /// <exception cref="TickStoreSchemaException">The store was changed beneath.</exception>
    public void Run(int topicEpoch, CancellationToken stopping)
    {
        _topicEpoch = topicEpoch;
        var instance = _options.Instance;
        using var consumer = clients.BuildGroupConsumer(ConsumerGroups.Sink + "-" + instance, ConsumerGroups.Sink, instance)
            .SetPartitionsAssignedHandler((_, partitions) => Assign(partitions))
            .SetPartitionsRevokedHandler((client, partitions) => Revoke(client, partitions.ConvertAll(offset => offset.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => Lose(partitions.ConvertAll(offset => offset.TopicPartition)))
            .SetOffsetsCommittedHandler((_, committed) => ReportCommit(committed))
            .Build();
        try
        {
            consumer.Subscribe(Topics.Ticks);
            while (!stopping.IsCancellationRequested)
            {
                if (Poll(consumer) is { IsPartitionEOF: false } record)
                {
                    Accept(consumer, record);
                }

                Tend(consumer);
            }

            // Calls the revoked handler, which drains.
            consumer.Close();
        }
        finally
        {
            // After a failure it goes like a killed one: nothing is committed, and nothing goes on.
            foreach (var pipeline in _pipelines.Values)
            {
                pipeline.Dispose();
            }

            _pipelines.Clear();
            _reported.Clear();
            _paused.Clear();
        }
    }

    private ConsumeResult<byte[], byte[]>? Poll(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(PollMax);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal)
        {
            // librdkafka goes on by itself: it reconnects, rejoins and asks again.
            SinkLog.ConsumeFailed(logger, exception.Error.Reason);
            return null;
        }
    }

    private void Accept(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record)
    {
        var partition = record.Partition.Value;
        var pipeline = _pipelines[partition];
        pipeline.Append(record);
        if (!pipeline.HasRoom && !_paused.Contains(partition) && !pipeline.WaitForRoom(Patience))
        {
            consumer.Pause([record.TopicPartition]);
            _paused.Add(partition);
            SinkLog.Flow(logger, partition, "paused", record.Offset.Value);
        }
    }

    private void Tend(IConsumer<byte[], byte[]> consumer)
    {
        if (time.GetElapsedTime(_tendedAt) < TendInterval)
        {
            return;
        }

        _tendedAt = time.GetTimestamp();
        foreach (var (partition, pipeline) in _pipelines)
        {
            if (pipeline.Fault is { } fault)
            {
                throw fault;
            }

            pipeline.Tend();
            Report(consumer, pipeline);
            if (_paused.Contains(partition) && pipeline.HasRoom)
            {
                consumer.Resume([pipeline.Partition]);
                _paused.Remove(partition);
                SinkLog.Flow(logger, partition, "resumed", pipeline.StoredOffset);
            }
        }

        if (_isProgressDue || time.GetElapsedTime(_progressAt) >= ProgressInterval)
        {
            _isProgressDue = false;
            _progressAt = time.GetTimestamp();
            status.Partitions = [.. _pipelines.Values.Select(pipeline => Progress(consumer, pipeline))];
        }
    }

    /// <summary>Tells librdkafka what may be committed.</summary>
    private void Report(IConsumer<byte[], byte[]> consumer, PartitionPipeline pipeline)
    {
        var stored = pipeline.StoredOffset;
        var partition = pipeline.Partition.Partition.Value;
        if (stored > _reported.GetValueOrDefault(partition, -1))
        {
            try
            {
                consumer.StoreOffset(new TopicPartitionOffset(pipeline.Partition, stored));
                _reported[partition] = stored;
            }
            catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_State)
            {
                // The partition is going; the handler that says so comes with the next poll.
                SinkLog.CommitFailed(logger, exception.Error.Reason);
            }
        }
    }

    private static PartitionProgress Progress(IConsumer<byte[], byte[]> consumer, PartitionPipeline pipeline)
    {
        // The end as of the last fetch: no request is made.
        var end = consumer.GetWatermarkOffsets(pipeline.Partition).High.Value;
        var stored = pipeline.StoredOffset;
        return new PartitionProgress(pipeline.Partition.Partition.Value, stored >= 0 && end > stored ? end - stored : 0, pipeline.OldestUnixMs);
    }

    private void Assign(List<TopicPartition> partitions)
    {
        Forget(partitions);
        var limits = new PipelineLimits(
            BatchRows,
            _options.BatchBytes,
            Math.Max(1, Math.Min(_options.MaxInFlightBatches, RowsInFlightMax / BatchRows) / Math.Max(1, partitions.Count)),
            _options.FlushInterval);
        foreach (var partition in partitions)
        {
            _pipelines.Add(partition.Partition.Value, new PartitionPipeline(partition, _topicEpoch, limits, writer.WriteAsync, _reader, time));
        }

        status.Assigned();
        SinkLog.Assigned(logger, Names(partitions));
    }

    private void Revoke(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        var started = time.GetTimestamp();
        var pipelines = partitions.Where(partition => _pipelines.ContainsKey(partition.Partition.Value)).Select(partition => _pipelines[partition.Partition.Value]).ToList();
        pipelines.ForEach(pipeline => pipeline.BeginDrain());
        var isDrained = true;
        foreach (var pipeline in pipelines)
        {
            var left = _options.RevokeDrain - time.GetElapsedTime(started);
            isDrained &= pipeline.Drain(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            Report(consumer, pipeline);
        }

        Forget(partitions);
        SinkLog.Revoked(logger, Names(partitions), isDrained);
    }

    private void Lose(List<TopicPartition> partitions)
    {
        Forget(partitions);
        SinkLog.Lost(logger, Names(partitions));
    }

    private void Forget(List<TopicPartition> partitions)
    {
        _isProgressDue = true;
        foreach (var partition in partitions)
        {
            if (_pipelines.Remove(partition.Partition.Value, out var pipeline))
            {
                pipeline.Dispose();
            }

            _reported.Remove(partition.Partition.Value);
            _paused.Remove(partition.Partition.Value);
        }
    }

    private void ReportCommit(CommittedOffsets committed)
    {
        if (committed.Error.IsError && committed.Error.Code != ErrorCode.Local_NoOffset)
        {
            SinkLog.CommitFailed(logger, committed.Error.Reason);
        }
    }

    private static string Names(List<TopicPartition> partitions) =>
        partitions.Count == 0 ? "none" : string.Join(' ', partitions.Select(partition => partition.Partition.Value.ToString(CultureInfo.InvariantCulture)));
}
