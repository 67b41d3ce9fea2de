using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StockAspire.TickStream;

/// <summary>
/// Reads a compacted topic of one partition from its beginning, follows it, and hands every record to a handler in
/// offset order, on one thread. What the handler keeps is the topic as a table.
/// </summary>
/// <remarks>
/// The handler must not block. A handler that throws ends the reading: <see cref="Completion"/> and every later wait
/// carry its exception, since a table with a hole would be silently wrong. All members are thread-safe.
/// </remarks>
public sealed class CompactedTopic : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatermarkTimeout = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly TopicPartition _partition;
    private readonly Action<byte[], byte[]?> _handle;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<(long Offset, TaskCompletionSource Reached)> _waits = [];
    private long _position;

    private CompactedTopic(IConsumer<byte[], byte[]> consumer, string topic, Action<byte[], byte[]?> handle, ILogger logger)
    {
        _consumer = consumer;
        _partition = new TopicPartition(topic, 0);
        _handle = handle;
        _logger = logger;
        _consumer.Assign(new TopicPartitionOffset(_partition, Offset.Beginning));
        Completion = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Ends when reading ends: disposed, or failed with what the handler threw.</summary>
    public Task Completion { get; }

    /// <param name="clients">Makes the reader.</param>
    /// <param name="topic">A topic that exists and has one partition.</param>
    /// <param name="handle">Called with key and value of each record; a null value is a tombstone.</param>
    /// <param name="loggers">For what goes wrong on the way.</param>
    public static CompactedTopic Follow(KafkaClients clients, string topic, Action<byte[], byte[]?> handle, ILoggerFactory loggers) =>
        new(clients.CreateReader("stockaspire-" + topic), topic, handle, loggers.CreateLogger<CompactedTopic>());

    /// <summary>Waits until everything that was in the topic when this was called has been handled.</summary>
    /// <exception cref="KafkaException">Kafka did not tell the topic's end within 5 s.</exception>
    public async Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        var end = await Task.Run(() => _consumer.QueryWatermarkOffsets(_partition, WatermarkTimeout).High.Value, cancellationToken).ConfigureAwait(false);
        TaskCompletionSource reached;
        lock (_lock)
        {
            if (_position >= end)
            {
                return;
            }

            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((end, reached));
        }

        var finished = await Task.WhenAny(reached.Task, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
        await finished.ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(!reached.Task.IsCompleted, this);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Read()
    {
        using var consumer = _consumer;
        while (!_stop.IsCancellationRequested)
        {
            ConsumeResult<byte[], byte[]>? result;
            try
            {
                result = consumer.Consume(Poll);
            }
            catch (ConsumeException exception)
            {
                // The client reconnects by itself; the position stays where it was.
                KafkaLog.ReadFailed(_logger, _partition.Topic, exception.Error.Reason);
                _stop.Token.WaitHandle.WaitOne(Poll);
                continue;
            }

            if (result is null)
            {
                continue;
            }

            if (!result.IsPartitionEOF)
            {
                _handle(result.Message.Key, result.Message.Value);
            }

            // At the partition's end the position passes offsets that compaction has taken away.
            Advance(result.IsPartitionEOF ? result.Offset.Value : result.Offset.Value + 1);
        }
    }

    private void Advance(long position)
    {
        lock (_lock)
        {
            _position = position;
            for (var i = _waits.Count - 1; i >= 0; i--)
            {
                if (_waits[i].Offset <= position)
                {
                    _waits[i].Reached.TrySetResult();
                    _waits.RemoveAt(i);
                }
            }
        }
    }
}
