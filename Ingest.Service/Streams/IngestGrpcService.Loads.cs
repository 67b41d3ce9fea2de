using System.Globalization;
using Grpc.Core;
using StockAspire.Feeds;
using StockAspire.Ingest.Loads;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Streams;

/// <summary>IngestService: loads of files.</summary>
internal sealed partial class IngestGrpcService
{
    private const int PageSizeMax = 1_000;
    private const int PageSizeDefault = 100;

    public override async Task<StartLoadResponse> StartLoad(StartLoadRequest request, ServerCallContext context)
    {
        try
        {
            var run = await loads.StartAsync(LoadSpec.From(request), context.CancellationToken);
            return new StartLoadResponse { Load = run.ToLoad() };
        }
        catch (FeedException exception)
        {
            throw IngestErrors.Invalid("path", exception.Message);
        }
        catch (Exception exception) when (exception is not RpcException && IngestErrors.From(exception) is { } error)
        {
            throw error;
        }
    }

    public override Task<GetLoadResponse> GetLoad(GetLoadRequest request, ServerCallContext context) =>
        Task.FromResult(new GetLoadResponse { Load = loads.Find(request.Load) ?? throw IngestErrors.NotFound("Load", request.Load) });

    public override Task<ListLoadsResponse> ListLoads(ListLoadsRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > PageSizeMax)
        {
            throw IngestErrors.Invalid("page_size", string.Create(CultureInfo.InvariantCulture, $"expected 0 to {PageSizeMax}, got {request.PageSize}"));
        }

        var size = request.PageSize == 0 ? PageSizeDefault : request.PageSize;
        var response = new ListLoadsResponse();
        var after = request.PageToken.Length == 0;
        foreach (var load in loads.List())
        {
            if (!after)
            {
                after = load.Load_ == request.PageToken;
                continue;
            }

            if (response.Loads.Count == size)
            {
                response.NextPageToken = response.Loads[^1].Load_;
                break;
            }

            response.Loads.Add(load);
        }

        return after
            ? Task.FromResult(response)
            : throw IngestErrors.Invalid("page_token", $"expected a token of an answer before, got \"{request.PageToken}\"");
    }

    public override async Task<CancelLoadResponse> CancelLoad(CancelLoadRequest request, ServerCallContext context)
    {
        var known = loads.Find(request.Load) ?? throw IngestErrors.NotFound("Load", request.Load);
        return await loads.CancelAsync(request.Load, context.CancellationToken)
            ? new CancelLoadResponse { Load = loads.Find(request.Load) }
            : throw IngestErrors.WrongState($"Load {request.Load} does not run in this instance: it is {known.Record.State}, owned by \"{known.Record.Owner}\".");
    }

    public override Task<ControlReplayResponse> ControlReplay(ControlReplayRequest request, ServerCallContext context) =>
        throw IngestErrors.Unimplemented("ControlReplay: this version starts, shows and cancels replays; it does not yet pause, step or seek in them.");
}
