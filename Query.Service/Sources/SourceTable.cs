using System.Collections.Concurrent;
using System.Text;
using StockAspire.Market.Seals;
using StockAspire.Query.Errors;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Sources;

/// <summary>
/// Topics <c>ticks.seals</c> and <c>sources</c> as tables by source. Records stay encoded until someone asks for their
/// source: a live source's newest seal is replaced many times a second. Thread-safe.
/// </summary>
internal sealed class SourceTable(KafkaClients clients, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, SourceEntry> _entries = new(StringComparer.Ordinal);
    private volatile Followed? _followed;

    /// <summary>Follows both topics until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var seals = CompactedTopic.Follow(clients, Topics.Seals, HandleSeal, loggers);
        await using var records = CompactedTopic.Follow(clients, Topics.Sources, HandleRecord, loggers);
        _followed = new Followed(seals, records);
        await (await Task.WhenAny(seals.Completion, records.Completion).WaitAsync(cancellationToken));
    }

    /// <summary>Waits until whatever was sealed before this call is in the table.</summary>
    /// <exception cref="Confluent.Kafka.KafkaException">Kafka cannot be reached.</exception>
    /// <exception cref="Grpc.Core.RpcException">Kafka has not been reached yet.</exception>
    public async Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        var followed = _followed ?? throw ApiError.KafkaDown("Kafka has not been reached yet; the seals are there.");
        await Task.WhenAll(followed.Seals.CaughtUpAsync(cancellationToken), followed.Records.CaughtUpAsync(cancellationToken));
    }

    /// <summary>Ordinal order, above <paramref name="after"/>.</summary>
    public IReadOnlyList<string> List(string after, int limit) =>
        [.. _entries.Keys.Where(source => string.CompareOrdinal(source, after) > 0).Order(StringComparer.Ordinal).Take(limit)];

    public SourceEntry? Find(string source) => _entries.GetValueOrDefault(source);

    internal void HandleSeal(byte[] key, byte[]? value)
    {
        // Source LF epoch LF first, or source LF "open"; a source has no control characters.
        var text = Encoding.UTF8.GetString(key);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end > 0)
        {
            _entries.GetOrAdd(text[..end], static _ => new SourceEntry()).PutSeal(text[(end + 1)..], value);
        }
    }

    internal void HandleRecord(byte[] key, byte[]? value)
    {
        var source = Encoding.UTF8.GetString(key);
        _entries.GetOrAdd(source, static _ => new SourceEntry()).PutRecord(value);
    }

    private sealed record Followed(CompactedTopic Seals, CompactedTopic Records);
}

/// <summary>What is known of one source. Thread-safe.</summary>
internal sealed class SourceEntry
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, EncodedSeal> _seals = new(StringComparer.Ordinal);
    private byte[]? _record;

    /// <exception cref="Market.Blocks.TickBlockFormatException">A seal is damaged.</exception>
    public IReadOnlyList<Seal> Seals()
    {
        lock (_lock)
        {
            return [.. _seals.Values.Select(seal => seal.Decoded)];
        }
    }

    public Wire.SourceRecord? Record()
    {
        lock (_lock)
        {
            return _record is null ? null : Wire.SourceRecord.Parser.ParseFrom(_record);
        }
    }

    internal void PutSeal(string key, byte[]? value)
    {
        lock (_lock)
        {
            if (value is null)
            {
                _seals.Remove(key);
            }
            else
            {
                _seals[key] = new EncodedSeal(value);
            }
        }
    }

    internal void PutRecord(byte[]? value)
    {
        lock (_lock)
        {
            _record = value;
        }
    }

    private sealed class EncodedSeal(byte[] bytes)
    {
        private byte[]? _bytes = bytes;

        public Seal Decoded
        {
            get
            {
                if (field is null)
                {
                    field = SealCodec.Decode(_bytes);
                    _bytes = null;
                }

                return field;
            }
        }
    }
}
