using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.Query.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Sources;

/// <summary>What the seals and records say of sources.</summary>
internal sealed class SourceList(SourceTable table)
{
    public async Task<Wire.ListSourcesResponse> ListAsync(Wire.ListSourcesRequest request, CancellationToken cancellationToken)
    {
        var checks = new RequestChecks();
        var size = checks.PageSize(request.PageSize);
        var after = PageToken.TryParse(ListKind.Sources, request.PageToken);
        checks.Require(after is not null, "page_token", "expected a token that ListSources gave").ThrowIfFailed();

        await table.CaughtUpAsync(cancellationToken);
        var names = table.List(after!, size + 1);
        var response = new Wire.ListSourcesResponse();
        foreach (var name in names.Take(size))
        {
            response.Sources.Add(Describe(name, table.Find(name)!));
        }

        if (names.Count > size)
        {
            response.NextPageToken = PageToken.Format(ListKind.Sources, names[size - 1]);
        }

        return response;
    }

    public async Task<Wire.GetSourceResponse> GetAsync(Wire.GetSourceRequest request, CancellationToken cancellationToken)
    {
        CheckName(request.Source);
        await table.CaughtUpAsync(cancellationToken);
        var entry = table.Find(request.Source) ?? throw ApiError.NotFound($"Source \"{request.Source}\" has no seal and no record.");
        return new Wire.GetSourceResponse { Source = Describe(request.Source, entry) };
    }

    public static void CheckName(string source)
    {
        var fault = TickLimits.CheckText("source", source, TickLimits.SourceSizeMax);
        new RequestChecks().Require(fault is null, "source", $"expected {fault?.Expected}, got {fault?.Actual}").ThrowIfFailed();
    }

    private static Wire.SourceInfo Describe(string source, SourceEntry entry)
    {
        var info = new Wire.SourceInfo { Source = source, Record = entry.Record() };
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        var seals = entry.Seals();
        foreach (var seal in seals)
        {
            info.Epoch = Math.Max(info.Epoch, seal.Epoch);
            info.LastSealedAtNs = Math.Max(info.LastSealedAtNs, seal.SealedAtNs);
            foreach (var symbol in seal.Symbols)
            {
                var isFirst = symbols.Count == 0;
                info.FirstEventTimeNs = isFirst ? symbol.FirstEventTimeNs : Math.Min(info.FirstEventTimeNs, symbol.FirstEventTimeNs);
                info.LastEventTimeNs = isFirst ? symbol.LastEventTimeNs : Math.Max(info.LastEventTimeNs, symbol.LastEventTimeNs);
                symbols.Add(symbol.Symbol);
            }
        }

        var sealedSequences = SealedSequences.Of(seals);
        info.Symbols.AddRange(symbols);
        info.Ticks = sealedSequences.Accepted.Count;
        info.Rejected = sealedSequences.Rejected.Count;
        var all = sealedSequences.Accepted.Ranges.Concat(sealedSequences.Rejected.Ranges).ToList();
        if (all.Count > 0)
        {
            info.FirstSequence = all.Min(range => range.First);
            info.LastSequence = all.Max(range => range.Last);
        }

        return info;
    }
}

/// <summary>The sequences that a source's seals promise, and those they say were rejected; overlapping seals count once.</summary>
internal sealed record SealedSequences(SequenceSet Accepted, SequenceSet Rejected)
{
    public static SealedSequences Of(IEnumerable<Seal> seals)
    {
        var accepted = new SequenceSet();
        var rejected = new SequenceSet();
        foreach (var seal in seals.Where(seal => !seal.IsOpening))
        {
            rejected.AddAll(seal.Rejected);
            var next = seal.First;
            foreach (var range in seal.Rejected)
            {
                if (range.First > next)
                {
                    accepted.Add(new SequenceRange(next, range.First - 1));
                }

                next = range.Last + 1;
            }

            // Past the last rejected row, unless that was the very last sequence of the seal (next may then be 0).
            if (seal.Rejected.Count == 0 || seal.Rejected[^1].Last < seal.Last)
            {
                accepted.Add(new SequenceRange(next, seal.Last));
            }
        }

        // What one seal rejected and another took, such as a resend under other limits, was taken.
        foreach (var range in accepted.Ranges)
        {
            rejected.Remove(range);
        }

        return new SealedSequences(accepted, rejected);
    }
}
