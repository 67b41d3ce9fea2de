using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using StockAspire.Ingest.Publishing;
using StockAspire.Protos.V1;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Sources;

/// <summary>
/// Topic <c>sources</c> as a table: what made each source. A record is acknowledged before its source's first tick.
/// Thread-safe; the records it gives out are not to be changed.
/// </summary>
internal sealed class SourceCatalog(KafkaClients clients, TickProducer producer, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SourceRecord> _records = new(StringComparer.Ordinal);
    private CompactedTopic? _topic;

    /// <summary>All records known, in no order.</summary>
    public IEnumerable<SourceRecord> All => _records.Values;

    /// <summary>Begins to read; the topic exists.</summary>
    public void Start() => _topic = CompactedTopic.Follow(clients, Topics.Sources, Handle, loggers);

    /// <inheritdoc cref="CompactedTopic.CaughtUpAsync"/>
    public Task CaughtUpAsync(CancellationToken cancellationToken) =>
        (_topic ?? throw new InvalidOperationException("Expected Start to have been called.")).CaughtUpAsync(cancellationToken);

    public SourceRecord? Find(string source) => _records.GetValueOrDefault(source);

    /// <summary>Writes a source's record and waits until Kafka has it.</summary>
    public async Task WriteAsync(SourceRecord record, CancellationToken cancellationToken)
    {
        await producer.WriteAsync(
            new StreamRecord(Topics.Sources, Encoding.UTF8.GetBytes(record.Source), record.ToByteArray()), cancellationToken);
        _records[record.Source] = record;
    }

    public ValueTask DisposeAsync() => _topic?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Handle(byte[] key, byte[]? value)
    {
        if (value is null)
        {
            _records.TryRemove(Encoding.UTF8.GetString(key), out _);
            return;
        }

        var record = SourceRecord.Parser.ParseFrom(value);
        _records[record.Source] = record;
    }
}
