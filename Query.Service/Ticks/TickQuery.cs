using StockAspire.Market;
using StockAspire.Query.Errors;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Ticks;

/// <summary>A checked QueryTicks request.</summary>
/// <param name="Symbols">Ordinal order, distinct.</param>
/// <param name="StartNs">Event time, ns since the Unix epoch, inclusive.</param>
/// <param name="EndNs">Likewise, exclusive.</param>
/// <param name="Limit">Ticks at most; 0 is no limit.</param>
/// <param name="KnownAtNs">Ingest time, ns since the Unix epoch, inclusive.</param>
internal sealed record TickQuery(IReadOnlyList<string> Symbols, long StartNs, long EndNs, bool Descending, long Limit, long KnownAtNs)
{
    /// <param name="request">As the caller gave it.</param>
    /// <param name="maxRange">Widest range without a limit.</param>
    /// <param name="resume">Where the request's token goes on; null without one.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static TickQuery From(Wire.QueryTicksRequest request, TimeSpan maxRange, out ResumeToken? resume)
    {
        var checks = new RequestChecks().Symbols(request.Symbols);
        checks.Require(
            request.StartNs <= request.EndNs,
            "end_ns",
            $"expected a time at or after start_ns ({UnixTime.Format(request.StartNs)}), got {UnixTime.Format(request.EndNs)}");
        checks.Require(request.Limit >= 0, "limit", RequestChecks.Text($"expected 0 (no limit) or more, got {request.Limit}"));
        checks.Require(request.KnownAtNs >= 0, "known_at_ns", RequestChecks.Text($"expected 0 (everything) or a time after 1970, got {request.KnownAtNs}"));
        checks.Require(Enum.IsDefined(request.Order), "order", RequestChecks.Text($"expected TICK_ORDER_ASCENDING or TICK_ORDER_DESCENDING, got {(int)request.Order}"));
        var width = (Int128)request.EndNs - request.StartNs;
        checks.Require(
            request.Limit != 0 || width <= UnixTime.FromTimeSpan(maxRange),
            "end_ns",
            RequestChecks.Text($"expected a range of at most {UnixTime.FromTimeSpan(maxRange)} ns (Query:MaxRange) where no limit is given, got {width} ns"));

        var query = new TickQuery(
            [.. request.Symbols.Order(StringComparer.Ordinal)],
            request.StartNs,
            request.EndNs,
            request.Order == Wire.TickOrder.Descending,
            request.Limit,
            request.KnownAtNs == 0 ? long.MaxValue : request.KnownAtNs);
        resume = null;
        if (request.ResumeToken.Length > 0 && !checks.Failed)
        {
            var fault = ResumeToken.TryParse(request.ResumeToken, query, out resume);
            checks.Require(fault is null, "resume_token", fault ?? string.Empty);
        }

        checks.ThrowIfFailed();
        return query;
    }
}
