using System.Globalization;
using Confluent.Kafka;
using StockAspire.Feeds.Json;
using StockAspire.Ingest.Publishing;
using StockAspire.Market;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Normalising;

/// <summary>
/// One partition of <c>ticks.raw</c> while it is assigned: its messages become ticks whose sequence is their offset. Offsets
/// that hold no message (transaction marks, compaction, retention) count as rejected without a letter. Used by one thread.
/// </summary>
internal sealed class RawPartition(TopicPartition partition, SourceSession session, ChunkEncoder encoder)
{
    private readonly JsonTickParser _parser = new();
    private ulong _next = session.Next;
    private ulong _committed = session.Next;

    public TopicPartition Partition => partition;

    public SourceSession Session => session;

    /// <summary>The chunk that waits to be taken in; the partition is paused as long as it does.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public bool IsPaused { get; set; }

    /// <summary>Whether a chunk might not hold one more message and the offsets skipped before it.</summary>
    public bool IsFull => encoder.Count >= ChunkEncoder.RowsMax - 1;

    /// <summary>The offset to commit, where it is another than before.</summary>
    public TopicPartitionOffset? TakeCommit()
    {
        var next = session.Next;
        if (next == _committed)
        {
            return null;
        }

        _committed = next;
        return new TopicPartitionOffset(partition, (long)next);
    }

    /// <summary>Adds a message; room for two rows must be left, one for the offsets skipped before it.</summary>
    /// <param name="eventTimeMaxNs">The latest event time accepted.</param>
    public void Add(ConsumeResult<byte[], byte[]> message, long eventTimeMaxNs)
    {
        var offset = (ulong)message.Offset.Value;
        if (offset < _next)
        {
            return;
        }

        if (offset > _next)
        {
            encoder.AddSkipped(new Market.Seals.SequenceRange(_next, offset - 1));
        }

        _next = offset + 1;
        long? recordTimeNs = message.Message.Timestamp.Type == TimestampType.NotAvailable
            ? null
            : message.Message.Timestamp.UnixTimestampMs * UnixTime.NsPerMillisecond;
        if (_parser.TryParse(message.Message.Value, new TickId(session.Source, offset), recordTimeNs, eventTimeMaxNs, out var tick, out var fault))
        {
            encoder.AddChecked(tick);
        }
        else
        {
            encoder.AddRefused(new DeadLetter(session.Source, offset, fault, message.Message.Value ?? [])
            {
                Stage = DeadLetter.NormaliserStage,
                Position = string.Create(CultureInfo.InvariantCulture, $"{Topics.Raw}/{partition.Partition.Value}/{offset}"),
            });
        }
    }

    /// <summary>Sends what was added; <see cref="Sending"/> ends once it is taken in.</summary>
    public void Flush(CancellationToken cancellationToken)
    {
        if (encoder.Build(default) is { } chunk)
        {
            var sending = session.SendAsync(chunk, cancellationToken);
            Sending = sending.IsCompletedSuccessfully ? Task.CompletedTask : sending.AsTask();
        }
    }
}
