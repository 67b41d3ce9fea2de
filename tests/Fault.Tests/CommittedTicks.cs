using Confluent.Kafka;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.Protos.V1;
using StockAspire.TickStream;

namespace StockAspire.Fault.Tests;

/// <summary>
/// What the Sink's committed offsets say is stored of one source of one symbol, whose ticks are in one partition in the order of their
/// sequences; read from Kafka alone. For one thread, but for <see cref="Partition"/>.
/// </summary>
internal sealed class CommittedTicks : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly string _source;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Queue<(long Offset, ulong Last)> _uncommitted = [];
    private volatile TopicPartition? _partition;
    private ulong _through;

    /// <param name="bootstrapServers">Of Kafka.</param>
    /// <param name="source">Whose ticks are behind <paramref name="starts"/>.</param>
    /// <param name="starts">By partition, where to begin.</param>
    public CommittedTicks(string bootstrapServers, string source, Dictionary<int, long> starts)
    {
        _source = source;

        // In the Sink's group to read its offsets; it never joins, and never commits. What it says while Kafka is away is not of interest.
        var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = ConsumerGroups.Sink, EnableAutoCommit = false };
        _consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        _consumer.Assign(starts.Select(start => new TopicPartitionOffset(Topics.Ticks, start.Key, start.Value)));
    }

    /// <summary>The partition; null before its first record.</summary>
    public TopicPartition? Partition => _partition;

    /// <summary>Sequences up to this are stored, as the committed offset says now.</summary>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public ulong ReadThrough()
    {
        while (_consumer.Consume(TimeSpan.Zero) is { } record)
        {
            var own = TickRow.Of(TickBlock.Parser.ParseFrom(record.Message.Value)).Where(row => row.Source == _source).ToList();
            if (own.Count > 0)
            {
                _partition = record.TopicPartition;
                _uncommitted.Enqueue((record.Offset.Value, own.Max(row => row.Sequence)));
            }
        }

        if (_uncommitted.Count == 0)
        {
            return _through;
        }

        var offset = _consumer.Committed([_partition], Limit)[0].Offset.Value;
        while (_uncommitted.TryPeek(out var record) && record.Offset < offset)
        {
            // Sent again after a break, ticks come twice.
            _through = Math.Max(_through, record.Last);
            _uncommitted.Dequeue();
        }

        return _through;
    }

    public void Dispose() => _consumer.Dispose();
}
