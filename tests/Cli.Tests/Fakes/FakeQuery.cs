using Grpc.Core;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Fakes;

public sealed class FakeQuery : QueryService.QueryServiceBase
{
    public List<QueryTicksRequest> Queries { get; } = [];

    public List<Metadata> Headers { get; } = [];

    public Func<QueryTicksRequest, IServerStreamWriter<QueryTicksResponse>, ServerCallContext, Task> OnQuery { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<SubscribeRequest, IServerStreamWriter<SubscribeResponse>, ServerCallContext, Task> OnSubscribe { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<GetLatestTicksRequest, GetLatestTicksResponse> OnLatest { get; set; } = _ => new();

    public Func<GetTicksAsOfRequest, GetTicksAsOfResponse> OnAsOf { get; set; } = _ => new();

    public Func<ListSymbolsRequest, ListSymbolsResponse> OnSymbols { get; set; } = _ => new();

    public Func<ListSourcesRequest, ListSourcesResponse> OnSources { get; set; } = _ => new();

    public Func<GetSourceRequest, GetSourceResponse> OnSource { get; set; } = request => throw new RpcException(new Status(StatusCode.NotFound, $"There is no source \"{request.Source}\"."));

    public Func<GetTickProvenanceRequest, GetTickProvenanceResponse> OnProvenance { get; set; } = _ => new();

    public override Task<GetTickProvenanceResponse> GetTickProvenance(GetTickProvenanceRequest request, ServerCallContext context) =>
        Task.FromResult(OnProvenance(request));

    public override Task QueryTicks(QueryTicksRequest request, IServerStreamWriter<QueryTicksResponse> responseStream, ServerCallContext context)
    {
        Queries.Add(request);
        Headers.Add(context.RequestHeaders);
        return OnQuery(request, responseStream, context);
    }

    public override Task Subscribe(SubscribeRequest request, IServerStreamWriter<SubscribeResponse> responseStream, ServerCallContext context) =>
        OnSubscribe(request, responseStream, context);

    public override Task<GetLatestTicksResponse> GetLatestTicks(GetLatestTicksRequest request, ServerCallContext context) => Task.FromResult(OnLatest(request));

    public override Task<GetTicksAsOfResponse> GetTicksAsOf(GetTicksAsOfRequest request, ServerCallContext context) => Task.FromResult(OnAsOf(request));

    public override Task<ListSymbolsResponse> ListSymbols(ListSymbolsRequest request, ServerCallContext context) => Task.FromResult(OnSymbols(request));

    public override Task<ListSourcesResponse> ListSources(ListSourcesRequest request, ServerCallContext context) => Task.FromResult(OnSources(request));

    public override Task<GetSourceResponse> GetSource(GetSourceRequest request, ServerCallContext context) => Task.FromResult(OnSource(request));
}
