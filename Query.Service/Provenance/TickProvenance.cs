using System.Diagnostics;
using System.Text;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.Query.Errors;
using StockAspire.Query.Sources;
using StockAspire.Query.Subscriptions;
using StockAspire.Query.Ticks;
using StockAspire.TickStore;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Provenance;

/// <summary>
/// Where a stored tick came from: the file's row or the call, the record in Kafka, and the trace that carried it. Nothing is
/// kept for this beside what the pipeline keeps anyway: the seals tell where to look in the store, the store tells the offset,
/// and the record there, or one before it, names the trace.
/// </summary>
internal sealed class TickProvenance(SourceTable sources, ITickStore store, SubscriptionHub hub, PublishedRecords records)
{
    public async Task<Wire.GetTickProvenanceResponse> FindAsync(Wire.GetTickProvenanceRequest request, CancellationToken cancellationToken)
    {
        new RequestChecks()
            .Symbols([request.Symbol])
            .Require(request.Id is not null, "id", "expected a source and a sequence, got nothing")
            .ThrowIfFailed();
        var id = new TickId(request.Id!.Source, request.Id.Sequence);
        SourceList.CheckName(id.Source);

        await sources.CaughtUpAsync(cancellationToken);
        var source = sources.Find(id.Source) ?? throw ApiError.NotFound($"Source \"{id.Source}\" has no seal and no record.");
        var seals = source.Seals().Where(seal => Covers(seal, id.Sequence)).ToList();
        if (seals.Count == 0)
        {
            throw ApiError.NotFound(RequestChecks.Text($"No seal of source \"{id.Source}\" has sequence {id.Sequence}."));
        }

        var stored = await FindStoredAsync(request.Symbol, id, seals, cancellationToken)
            ?? throw ApiError.NotFound(RequestChecks.Text($"The store has no tick of \"{request.Symbol}\" with sequence {id.Sequence} of source \"{id.Source}\"."));
        var partition = SymbolPartition.Of(Encoding.UTF8.GetBytes(request.Symbol), hub.PartitionCount());
        var published = await records.FindAsync(partition, stored.Offset, id, cancellationToken);
        var trace = published?.Trace ?? default;
        var sampled = trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        var record = source.Record();
        return new Wire.GetTickProvenanceResponse
        {
            Tick = WireTicks.ToWire(stored.Tick),
            Partition = partition,
            Offset = stored.Offset,
            RecordIsKept = published is not null,
            PublishedAtNs = published?.PublishedAtNs ?? 0,
            TraceId = sampled ? trace.TraceId.ToHexString() : string.Empty,
            SpanId = sampled ? trace.SpanId.ToHexString() : string.Empty,
            NotSampled = trace != default && !sampled,
            Path = record?.Path ?? string.Empty,
            Row = HasRowNumbers(record) ? id.Sequence : 0,
        };
    }

    private static bool Covers(Seal seal, ulong sequence) =>
        (seal.SequenceCount > 0 && sequence >= seal.First && sequence <= seal.Last)
        || seal.Corrections.Any(correction => correction.Sequence == sequence);

    /// <summary>In a file that is read once and in its order, a row's number is its tick's sequence.</summary>
    private static bool HasRowNumbers(Wire.SourceRecord? record) =>
        record is { Path.Length: > 0, Loop: false, Mode: Wire.LoadMode.Load or Wire.LoadMode.Replay };

    /// <summary>The highest revision that is stored; corrections may have another event time than what they correct.</summary>
    private async Task<StoredTick?> FindStoredAsync(string symbol, TickId id, List<Seal> seals, CancellationToken cancellationToken)
    {
        StoredTick? best = null;
        foreach (var (firstNs, lastNs) in RangesOf(symbol, id, seals).Distinct())
        {
            var scan = new TickScan
            {
                Symbol = symbol,
                StartNs = firstNs,
                EndNs = lastNs == long.MaxValue ? lastNs : lastNs + 1,
                AllRevisions = true,
            };
            await foreach (var page in store.ScanAsync(scan, cancellationToken))
            {
                best = Best(best, page.Span, id);
            }
        }

        return best;
    }

    /// <summary>Inclusive ranges of event time in which the seals have ticks of this symbol.</summary>
    private static IEnumerable<(long FirstNs, long LastNs)> RangesOf(string symbol, TickId id, List<Seal> seals) =>
        seals.SelectMany(seal => seal.Symbols).Where(sum => sum.Symbol == symbol).Select(sum => (sum.FirstEventTimeNs, sum.LastEventTimeNs))
            .Concat(seals.SelectMany(seal => seal.Corrections)
                .Where(correction => correction.Symbol == symbol && correction.Sequence == id.Sequence)
                .Select(correction => (correction.EventTimeNs, correction.EventTimeNs)));

    private static StoredTick? Best(StoredTick? best, ReadOnlySpan<StoredTick> page, TickId id)
    {
        foreach (ref readonly var row in page)
        {
            if (row.Tick.Id == id && (best is not { } known || row.Tick.Revision > known.Tick.Revision))
            {
                best = row;
            }
        }

        return best;
    }
}
