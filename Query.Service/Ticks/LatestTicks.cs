using Google.Protobuf.Collections;
using StockAspire.Market;
using StockAspire.Query.Errors;
using StockAspire.TickStore;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Ticks;

/// <summary>The newest tick of each symbol, of all time or at a time, with its age.</summary>
internal sealed class LatestTicks(ITickStore store, TimeProvider time, QueryMetrics metrics)
{
    /// <summary>Look-ups of one call that are under way at the same time.</summary>
    private const int LookupsMax = 8;

    public async Task<Wire.GetLatestTicksResponse> LatestAsync(Wire.GetLatestTicksRequest request, CancellationToken cancellationToken)
    {
        new RequestChecks().Symbols(request.Symbols).ThrowIfFailed();
        var found = await FindAsync(request.Symbols, long.MaxValue, long.MinValue, cancellationToken);
        var response = new Wire.GetLatestTicksResponse();
        Collect(request.Symbols, found, time.NowNs(), response.Ticks, response.Missing);
        metrics.RowsOut(response.Ticks.Count, "GetLatestTicks");
        return response;
    }

    public async Task<Wire.GetTicksAsOfResponse> AsOfAsync(Wire.GetTicksAsOfRequest request, CancellationToken cancellationToken)
    {
        new RequestChecks()
            .Symbols(request.Symbols)
            .Require(request.MaxAgeNs >= 0, "max_age_ns", RequestChecks.Text($"expected 0 (any age) or more, got {request.MaxAgeNs}"))
            .ThrowIfFailed();
        var oldest = request.MaxAgeNs == 0
            ? long.MinValue
            : (long)Int128.Max(long.MinValue, (Int128)request.TimeNs - request.MaxAgeNs);
        var found = await FindAsync(request.Symbols, request.TimeNs, oldest, cancellationToken);
        var response = new Wire.GetTicksAsOfResponse();
        Collect(request.Symbols, found, request.TimeNs, response.Ticks, response.Missing);
        metrics.RowsOut(response.Ticks.Count, "GetTicksAsOf");
        return response;
    }

    private async Task<StoredTick?[]> FindAsync(RepeatedField<string> symbols, long atNs, long oldestNs, CancellationToken cancellationToken)
    {
        var found = new StoredTick?[symbols.Count];
        await Parallel.ForAsync(
            0,
            symbols.Count,
            new ParallelOptions { MaxDegreeOfParallelism = LookupsMax, CancellationToken = cancellationToken },
            async (i, token) => found[i] = await store.FindLatestAsync(symbols[i], atNs, oldestNs, token));
        return found;
    }

    private static void Collect(
        RepeatedField<string> symbols, StoredTick?[] found, long nowNs, RepeatedField<Wire.AgedTick> ticks, RepeatedField<string> missing)
    {
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is { } stored)
            {
                ticks.Add(new Wire.AgedTick { Tick = WireTicks.ToWire(stored.Tick), AgeNs = nowNs - stored.Tick.EventTimeNs });
            }
            else
            {
                missing.Add(symbols[i]);
            }
        }
    }
}
