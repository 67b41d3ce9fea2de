using System.Collections.Concurrent;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Sources;

/// <summary>What the seals say of a source.</summary>
/// <param name="Epoch">The highest that was announced or sealed.</param>
/// <param name="Newest">The seal that reaches farthest, or null where no sequence is sealed.</param>
/// <param name="RejectedBefore">Sequences rejected in the seals before the newest.</param>
internal readonly record struct SourceState(ulong Epoch, Seal? Newest, ulong RejectedBefore)
{
    /// <summary>Sequences rejected in all seals.</summary>
    public ulong Rejected => RejectedBefore + RejectedIn(Newest);

    internal static ulong RejectedIn(Seal? seal)
    {
        var count = 0UL;
        foreach (var range in seal?.Rejected ?? [])
        {
            count += range.Count;
        }

        return count;
    }

    public bool IsKnown => Newest is not null;

    /// <summary>The highest sealed sequence; meaningful where the source is known.</summary>
    public ulong Last => Newest?.Last ?? 0;
}

/// <summary>
/// Topic <c>ticks.seals</c> as a table by source: so that any process can go on where any other stopped. Session sources are
/// left out, nothing goes on with them. Thread-safe.
/// </summary>
internal sealed class SealIndex(KafkaClients clients, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SourceState> _sources = new(StringComparer.Ordinal);
    private CompactedTopic? _topic;

    /// <summary>Raised on the reader's thread when a source is announced or sealed with a higher epoch than before.</summary>
    public event Action<string, ulong>? EpochRaised;

    /// <summary>Begins to read; the topic exists.</summary>
    public void Start() => _topic = CompactedTopic.Follow(clients, Topics.Seals, Handle, loggers);

    /// <inheritdoc cref="CompactedTopic.CaughtUpAsync"/>
    public Task CaughtUpAsync(CancellationToken cancellationToken) =>
        (_topic ?? throw new InvalidOperationException("Expected Start to have been called.")).CaughtUpAsync(cancellationToken);

    public SourceState Find(string source) => _sources.GetValueOrDefault(source);

    public ValueTask DisposeAsync() => _topic?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Handle(byte[] key, byte[]? value)
    {
        if (value is null)
        {
            return;
        }

        var seal = SealCodec.Decode(value);
        if (seal.Source.StartsWith(SourceName.SessionPrefix, StringComparison.Ordinal))
        {
            return;
        }

        var known = _sources.GetValueOrDefault(seal.Source);
        var reachesFarther = seal.SequenceCount > 0 && (known.Newest is null || seal.Last >= known.Last);

        // A seal that grows counts once; one that follows leaves its predecessor behind.
        var follows = reachesFarther && known.Newest is { } newest && newest.Key != seal.Key;
        _sources[seal.Source] = new SourceState(
            Math.Max(known.Epoch, seal.Epoch),
            reachesFarther ? seal : known.Newest,
            known.RejectedBefore + (follows ? SourceState.RejectedIn(known.Newest) : 0));
        if (seal.Epoch > known.Epoch)
        {
            EpochRaised?.Invoke(seal.Source, seal.Epoch);
        }
    }
}
