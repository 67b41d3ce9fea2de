using Grpc.Core;
using StockAspire.Query.Errors;
using StockAspire.Query.Provenance;
using StockAspire.Query.Sources;
using StockAspire.Query.Subscriptions;
using StockAspire.Query.Ticks;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query;

/// <summary>The calls of QueryService; each is one line to the capability that answers it.</summary>
internal sealed class QueryEndpoint(
    TickQueries ticks, LatestTicks latest, SymbolList symbols, SourceList sources, TickSubscriptions subscriptions, TickProvenance provenance)
    : Wire.QueryService.QueryServiceBase
{
    public override Task QueryTicks(
        Wire.QueryTicksRequest request, IServerStreamWriter<Wire.QueryTicksResponse> responseStream, ServerCallContext context) =>
        ticks.QueryAsync(request, responseStream, context);

    public override Task<Wire.GetLatestTicksResponse> GetLatestTicks(Wire.GetLatestTicksRequest request, ServerCallContext context) =>
        latest.LatestAsync(request, context.CancellationToken);

    public override Task<Wire.GetTicksAsOfResponse> GetTicksAsOf(Wire.GetTicksAsOfRequest request, ServerCallContext context) =>
        latest.AsOfAsync(request, context.CancellationToken);

    public override Task<Wire.ListSymbolsResponse> ListSymbols(Wire.ListSymbolsRequest request, ServerCallContext context) =>
        symbols.ListAsync(request, context.CancellationToken);

    public override Task<Wire.ListSourcesResponse> ListSources(Wire.ListSourcesRequest request, ServerCallContext context) =>
        sources.ListAsync(request, context.CancellationToken);

    public override Task<Wire.GetSourceResponse> GetSource(Wire.GetSourceRequest request, ServerCallContext context) =>
        sources.GetAsync(request, context.CancellationToken);

    public override Task Subscribe(
        Wire.SubscribeRequest request, IServerStreamWriter<Wire.SubscribeResponse> responseStream, ServerCallContext context) =>
        subscriptions.RunAsync(request, responseStream, context);

    public override Task QueryBars(
        Wire.QueryBarsRequest request, IServerStreamWriter<Wire.QueryBarsResponse> responseStream, ServerCallContext context) =>
        throw ApiError.Unimplemented("Bars come with the analytics service, which is not part of this version.");

    public override Task SubscribeBars(
        Wire.SubscribeBarsRequest request, IServerStreamWriter<Wire.SubscribeBarsResponse> responseStream, ServerCallContext context) =>
        throw ApiError.Unimplemented("Bars come with the analytics service, which is not part of this version.");

    public override Task<Wire.GetTickProvenanceResponse> GetTickProvenance(Wire.GetTickProvenanceRequest request, ServerCallContext context) =>
        provenance.FindAsync(request, context.CancellationToken);
}
